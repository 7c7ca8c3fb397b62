internal import Foundation
internal import Tiling

/// The topographic wetness index ln(a / tan b): a = upstream area / flow width, m; tan b = slope.
public struct TopographicIndex: Sendable {
    /// Whose formula.
    public enum Mode: String, Codable, CaseIterable, Sendable {
        /// As GSSM1km computed it, with its mistakes: widths of 90 m straight and sqrt(90) m diagonally
        /// everywhere; +inf on flat cells and at mouths; nothing at sinks and beside missing elevations.
        /// A forest trained with it has to be run with it.
        case published
        /// True widths and cell sizes, slope at least 0.001, a cell's size as width where water stays.
        case corrected
    }

    /// The least slope of the corrected form, m/m.
    public static let leastSlope = 0.001
    /// The source's width of a cell, m.
    private static let publishedWidth = 90.0

    public let mode: Mode
    public let geometry: CellGeometry

    public init(mode: Mode, geometry: CellGeometry) {
        self.mode = mode
        self.geometry = geometry
    }

    /// ln(m); NaN for none. `area` in m2, the cell itself included; `slope` is tan b in m/m.
    public func value(area: Double, direction: FlowDirection, slope: Double, row: Int) -> Float {
        guard direction != .missing, area > 0, !slope.isNaN else { return .nan }
        switch mode {
        case .published:
            if direction == .sink { return .nan }
            let width =
                direction == .mouth
                ? 0 : direction.isDiagonal ? Self.publishedWidth.squareRoot() : Self.publishedWidth
            return Float(log(area / width / slope))
        case .corrected:
            return Float(log(area / width(of: direction, row: row) / max(slope, Self.leastSlope)))
        }
    }

    /// The width of the flow out of a cell, across its direction, m.
    private func width(of direction: FlowDirection, row: Int) -> Double {
        guard let step = direction.stepIndex else { return geometry.area(row: row).squareRoot() }
        if direction.isDiagonal { return geometry.diagonal(row: row) }
        return step & 3 == 0 ? geometry.height : geometry.width[row]
    }

    /// tan b of a tile's cells, without halo: sqrt((dz/dx)^2 + (dz/dy)^2) by central differences of the four
    /// straight neighbours. Where one of a pair is missing, `corrected` takes the difference to the cell
    /// itself (none: no slope along that axis), and `published` has no value.
    public func slopes(_ elevation: HaloTile) -> [Double] {
        let values = elevation.values
        let stride = elevation.stride
        let isOneSided = mode == .corrected
        var slopes: [Double] = []
        slopes.reserveCapacity(elevation.window.pixelCount)
        func gradient(_ before: Float, _ here: Float, _ after: Float, _ distance: Double) -> Double {
            let isWhole = !before.isNaN && !after.isNaN
            if isWhole || !isOneSided { return (Double(after) - Double(before)) / (2 * distance) }
            if !after.isNaN { return (Double(after) - Double(here)) / distance }
            return before.isNaN ? 0 : (Double(here) - Double(before)) / distance
        }
        for row in 0..<elevation.window.rows {
            let width = geometry.width[elevation.window.row + row]
            let start = elevation.index(column: 0, row: row)
            for index in start..<start + elevation.window.columns {
                let here = values[index]
                guard !here.isNaN else {
                    slopes.append(.nan)
                    continue
                }
                let x = gradient(values[index - 1], here, values[index + 1], width)
                let y = gradient(values[index - stride], here, values[index + stride], geometry.height)
                slopes.append((x * x + y * y).squareRoot())
            }
        }
        return slopes
    }

    /// The index of a tile's cells: `areas` in m2.
    public func values(
        elevation: HaloTile, directions: [FlowDirection], areas: [Double]
    ) -> [Float] {
        let window = elevation.window
        precondition(
            directions.count == window.pixelCount && areas.count == window.pixelCount,
            "a direction and an area for each cell")
        let slopes = slopes(elevation)
        return slopes.indices.map {
            value(
                area: areas[$0], direction: directions[$0], slope: slopes[$0],
                row: window.row + $0 / window.columns)
        }
    }
}
