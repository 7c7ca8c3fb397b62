public import Covariates
public import Tiling

/// Daily values of covariates at some pixels, from the same planes that the forest sees: what quality control
/// asks of a model, and what series are matched to.
public struct CovariateSeries: Sendable {
    /// By covariate and pixel.
    private let series: [String: [Pixel: DailySeries]]
    private let units: [String: String]
    /// Days on which some covariate is missing, and why.
    public let missing: [MissingDay]

    /// Gathers covariates of the reader's product at pixels of its grid, tile by tile. Throws when the
    /// product has no such covariate, or lacks its files.
    public init(_ names: [String], at pixels: Set<Pixel>, days: DayRange, reader: CovariateReader) throws {
        let product = reader.plan.product
        let absent = names.filter { name in !product.covariates.contains { $0.name == name } }
        guard absent.isEmpty else {
            throw StationError(
                source: "product \(product.name)",
                problem: "has no covariate \(absent.joined(separator: ", ")); it has "
                    + product.covariates.map(\.name).joined(separator: ", "))
        }
        let scheme = product.tiles
        var series: [String: [Pixel: DailySeries]] = [:]
        var missing: Set<MissingDay> = []
        let byTile = Dictionary(grouping: pixels) { scheme.tile(of: $0) }
        for (tile, members) in byTile.sorted(by: { scheme.index(of: $0.key) < scheme.index(of: $1.key) }) {
            let window = scheme.window(of: tile)
            let ordered = members.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
            let positions = ordered.map {
                ($0.row - window.row) * scheme.pixelsPerSide + $0.column - window.column
            }
            let stack = try reader.gather(features: names, tile: tile, pixels: positions, days: days)
            missing.formUnion(stack.missing)
            for name in names {
                for (number, pixel) in ordered.enumerated() {
                    let values = (0..<days.count).map {
                        Double(stack.value(of: name, pixel: number, day: $0) ?? .nan)
                    }
                    series[name, default: [:]][pixel] = DailySeries(first: days.first, values: values)
                }
            }
        }
        self.series = series
        self.missing = missing.sorted { ($0.day, $0.reason) < ($1.day, $1.reason) }
        units = Dictionary(
            product.covariates.map { ($0.name, $0.unit) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nil for a covariate or pixel that was not asked for.
    public func daily(_ name: String, at pixel: Pixel) -> DailySeries? { series[name]?[pixel] }

    /// A temperature in °C for every hour of each day, from a covariate in degC or K.
    public func hourlyTemperature(_ name: String, at pixel: Pixel) throws -> HourlySeries? {
        try hourly(name, at: pixel, isTotal: false, units: ["degC": (1, 0), "K": (1, -273.15)])
    }

    /// Rain in mm per hour, from a daily total in mm or m.
    public func hourlyRain(_ name: String, at pixel: Pixel) throws -> HourlySeries? {
        try hourly(name, at: pixel, isTotal: true, units: ["mm": (1, 0), "m": (1000, 0)])
    }

    private func hourly(
        _ name: String, at pixel: Pixel, isTotal: Bool,
        units known: [String: (scale: Double, offset: Double)]
    ) throws -> HourlySeries? {
        guard let days = daily(name, at: pixel) else { return nil }
        guard let unit = known[units[name] ?? ""] else {
            throw StationError(
                source: "covariate \(name)",
                problem: "its unit is '\(units[name] ?? "")': quality control knows "
                    + known.keys.sorted().joined(separator: " and "))
        }
        let values = days.values.map { $0 * unit.scale + unit.offset }
        return HourlySeries(spreading: DailySeries(first: days.first, values: values), isTotal: isTotal)
    }
}
