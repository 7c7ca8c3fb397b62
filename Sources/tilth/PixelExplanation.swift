import Covariates
import Forests
import Foundation
import Rasters
import Storage
import Tiling

/// Everything behind one value of a map: through the same gather as prediction, and the slow, obvious forest.
struct PixelExplanation {
    let run: RunDirectory
    let plan: RunPlan
    let pixel: Pixel
    let day: Day

    func print() throws {
        let product = plan.product
        let scheme = product.tiles
        let tile = scheme.tile(of: pixel)
        let window = scheme.window(of: tile)
        let position = (pixel.row - window.row) * scheme.pixelsPerSide + pixel.column - window.column
        Swift.print(
            "pixel column \(pixel.column), row \(pixel.row) of the grid, tile \(tile), centre "
                + "\(number(product.grid.centerX(column: pixel.column))), "
                + "\(number(product.grid.centerY(row: pixel.row)))"
        )
        let reader = CovariateReader(plan: plan, run: run)
        let isLand = try reader.land(of: tile)[position]
        Swift.print("day \(day), \(isLand ? "land" : "water by the mask: no prediction")")
        Swift.print("")
        let names = product.featureNames
        let traces = try reader.explain(features: names, tile: tile, pixel: position, day: day)
        for trace in traces {
            Swift.print(
                "\(pad(trace.name, 14)) \(pad(value(trace.value), 14)) \(pad(trace.unit, 10)) \(trace.origin)"
            )
        }
        for layer in product.layers { try explain(layer, traces: traces, tile: tile, position: position) }
    }

    private func explain(_ layer: Layer, traces: [CovariateTrace], tile: Tile, position: Int) throws {
        guard let digest = plan.forests[layer.name] else { return }
        let forest = try Forest(contentsOf: run.forestPath(digest))
        let reference = ReferenceForest(forest)
        let row = layer.features.map { name in traces.first { $0.name == name }?.value ?? .nan }
        let result = reference.predict(row: row)
        Swift.print("\nlayer \(layer.name), forest \(digest.short), \(forest.treeCount) trees")
        if result.isNaN {
            let missing = zip(layer.features, row).filter { $0.1.isNaN }.map(\.0)
            Swift.print("missing: \(missing.joined(separator: ", "))")
        } else {
            for decision in reference.explain(row: row) {
                Swift.print(
                    "tree \(pad(String(decision.tree + 1), 4)) leaf \(pad(String(decision.leaf), 8)) "
                        + number(Double(decision.value))
                )
            }
        }
        Swift.print(
            "result \(value(result)) "
                + "\(plan.product.output.unit)\(try stored(tile: tile, layer: layer, position: position))"
        )
    }

    /// What the unit's file says, when there is one.
    private func stored(tile: Tile, layer: Layer, position: Int) throws -> String {
        let block = plan.product.unit.block(of: day)
        guard let days = plan.days(ofPredictBlock: block) else { return "" }
        let path = run.absolute(run.tilePath(tile: tile, block: block, unit: plan.product.unit))
        guard FileManager.default.fileExists(atPath: path) else { return " (its unit is not finished)" }
        let number = plan.product.layers.firstIndex { $0.name == layer.name } ?? 0
        let band = (day - days.first) * plan.product.layers.count + number + 1
        let side = plan.product.tilePixels
        let window = PixelWindow(column: position % side, row: position / side, columns: 1, rows: 1)
        let values = try RasterFile(path: path).read(window: window, bands: [band])
        return ", in the map \(value(values[0]))"
    }

    private func value(_ value: Float) -> String { value.isNaN ? "missing" : "\(value)" }
    private func number(_ value: Double) -> String { String(format: "%.6f", value) }
    private func pad(_ text: String, _ width: Int) -> String {
        text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
    }
}
