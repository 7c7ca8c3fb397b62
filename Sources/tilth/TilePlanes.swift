import Forests
import Rasters

/// A tile of numbers from a netCDF file, each feature in the shape that its dimensions tell.
struct TilePlanes {
    let planes: [FeaturePlane]
    let land: [Bool]
    let columns: Int
    let rows: Int
    let days: Int

    var landCount: Int { land.count { $0 } }

    init(path: String, features: [String], days limit: Int?) throws {
        let file = try NetCDFArrays(path: path)
        func shape(_ name: String) throws -> [NetCDFArrays.Dimension] {
            guard let dimensions = file.dimensions(of: name) else {
                throw Failure.wrongUse("\(path): no array '\(name)', which the forest or the tile needs")
            }
            return dimensions
        }
        let ground = try shape("land")
        guard ground.map(\.name) == ["y", "x"] else {
            throw Failure.wrongUse("\(path): 'land' must have the dimensions (y, x)")
        }
        (rows, columns) = (ground[0].length, ground[1].length)
        land = try file.integers("land").map { $0 != 0 }
        let shapes = try features.map { try shape($0) }
        let stored = shapes.joined().first { $0.name == "day" }?.length ?? 1
        let days = min(limit ?? stored, stored)
        self.days = days
        let cellOfPixel = file.names.contains("cell_index") ? try file.integers("cell_index") : []
        planes = try zip(features, shapes).map { name, shape in
            switch shape.map(\.name) {
            case ["y", "x"]: return .fixed(try file.floats(name))
            case ["day", "y", "x"]: return .daily(try file.floats(name, 0..<days))
            case ["day"]: return .date(try file.floats(name, 0..<days))
            case ["day", "cell"]:
                return .coarse(
                    values: try file.floats(name, 0..<days), cellCount: shape[1].length,
                    cellOfPixel: cellOfPixel)
            default:
                throw Failure.wrongUse(
                    "\(path): '\(name)' must have the dimensions (y,x), (day,y,x), (day,cell) or (day)")
            }
        }
        for (name, plane) in zip(features, planes)
        where !plane.fits(pixelCount: rows * columns, dayCount: days) {
            throw Failure.wrongUse(
                "\(path): '\(name)' does not fit the tile: check its dimensions and cell_index")
        }
    }
}
