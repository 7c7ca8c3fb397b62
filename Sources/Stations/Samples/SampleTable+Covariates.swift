public import Covariates
import Forests
import Tiling

extension SampleTable {
    /// The same rows with more covariates of the reader's product as columns, in the nearest or resampled
    /// value of each row's pixel, as a map would have it; NaN on days that lack them. Reads only the chunks
    /// that hold rows, each once.
    public func adding(covariates names: [String], reader: CovariateReader) throws -> SampleTable {
        let product = reader.plan.product
        let units = try names.map { name in
            guard let covariate = product.covariate(named: name) else {
                throw StationError(
                    source: "product \(product.name)",
                    problem: "has no covariate '\(name)'; it has "
                        + product.covariates.map(\.name).joined(separator: ", "))
            }
            return Forest.Feature(name: name, unit: covariate.unit)
        }
        var added = [[Float]](repeating: [Float](repeating: .nan, count: rowCount), count: names.count)
        let scheme = product.tiles
        let rowsOfUnit = Dictionary(grouping: samples.indices) { row in
            UnitID(
                stage: .predict, place: scheme.index(of: scheme.tile(of: samples[row].pixel)),
                block: product.unit.block(of: samples[row].day))
        }
        for (unit, rows) in rowsOfUnit.sorted(by: { $0.key < $1.key }) {
            let tile = scheme.tile(at: Int(unit.place))
            let window = scheme.window(of: tile)
            let position = { (row: Int) in
                (samples[row].pixel.row - window.row) * scheme.pixelsPerSide + samples[row].pixel.column
                    - window.column
            }
            let days = rows.map { samples[$0].day }
            guard let first = days.min(), let last = days.max() else { continue }
            let pixels = Set(rows.map(position)).sorted()
            let place = Dictionary(uniqueKeysWithValues: zip(pixels, pixels.indices))
            let stack = try reader.gather(
                features: names, tile: tile, pixels: pixels, days: DayRange(first, through: last))
            for row in rows {
                for (number, name) in names.enumerated() {
                    added[number][row] =
                        stack.value(
                            of: name, pixel: place[position(row)] ?? 0, day: samples[row].day - first)
                        ?? .nan
                }
            }
        }
        return try SampleTable(
            features: features + units, columns: columns + added.map { SampleColumn($0) }, target: target,
            targetValues: targetValues,
            samples: samples, labels: labels)
    }
}
