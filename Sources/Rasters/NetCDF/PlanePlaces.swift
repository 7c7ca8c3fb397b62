internal import CNetCDF
internal import Tiling

/// The two dimensions of a variable that make up its plane, where one-dimensional coordinates do not tell.
struct PlanePlaces {
    private let variable: StoredVariable
    /// Two positions, the slower one first; nil where more or fewer could be meant.
    private let positions: [Int]?

    /// `known` are those of x and y as far as they have coordinates, `extra` those of no known meaning.
    init(_ variable: StoredVariable, known: [Int?], extra: [Int]) {
        self.variable = variable
        let open = (known.compactMap { $0 } + extra).sorted()
        let long = open.filter { variable.dimensions[$0].length > 1 }
        positions = open.count == 2 ? open : long.count == 2 ? long : nil
    }

    /// Where a grid that the product states has its columns and rows in the file.
    func plane(of grid: Grid, path: String) throws(RasterError) -> (x: Int, y: Int) {
        if let positions {
            let lengths = positions.map { variable.dimensions[$0].length }
            if lengths == [grid.rows, grid.columns] { return (x: positions[1], y: positions[0]) }
            if lengths == [grid.columns, grid.rows] { return (x: positions[0], y: positions[1]) }
        }
        throw RasterError(
            .unsupported, path: path,
            problem: "variable '\(variable.name)' (\(variable.shapeText)) does not have the "
                + "\(grid.columns) columns and \(grid.rows) rows of the 'grid' that its source states: "
                + "correct it")
    }

    /// By the latitude and longitude of every cell: those that `coordinates` lists, else those of the same
    /// shape in the variable's group, or in one around it.
    func placed(
        by auxiliary: [StoredVariable], in file: NetCDFHandle, lacksX: Bool
    ) throws(RasterError) -> (plane: (x: Int, y: Int), GridPlacement) {
        if let positions {
            let shape = positions.map { variable.dimensions[$0].length }
            let group = variable.name.split(separator: "/").dropLast().joined(separator: "/")
            let beside = file.variables.filter { candidate in
                let own = candidate.name.split(separator: "/").dropLast().joined(separator: "/")
                return own.isEmpty || group == own || group.hasPrefix(own + "/")
            }
            let candidates = (auxiliary + beside).filter { candidate in
                candidate.dimensions.map(\.length) == shape
                    && candidate.type != NC_CHAR && candidate.type < NC_STRING
            }
            let latitude = candidates.first { AxisRole(ofCells: $0, in: file) == .latitude }
            let longitude = candidates.first { AxisRole(ofCells: $0, in: file) == .longitude }
            if let latitude, let longitude,
                let cells = try CellCoordinates(latitude: latitude, longitude: longitude, in: file)
            {
                return (
                    (x: positions[cells.positions.x], y: positions[cells.positions.y]),
                    GridPlacement(x: cells.x, y: cells.y, crs: cells.crs, isGeographic: cells.isGeographic)
                )
            }
        }
        throw RasterError(
            .unsupported, path: file.path,
            problem:
                "variable '\(variable.name)' (\(variable.shapeText)) is not on a regular grid: it needs "
                + "one-dimensional coordinates for \(lacksX ? "x or longitude" : "y or latitude"); where its "
                + "cells are regular all the same, state their place with 'grid' in the source")
    }
}

extension AxisRole {
    /// The role of an array of the coordinates of cells: HDF5 files know few attributes, so names count.
    fileprivate init?(ofCells variable: StoredVariable, in file: NetCDFHandle) {
        let name = (variable.name.split(separator: "/").last ?? "").lowercased()
        switch name {
        case "lat", "latitude", "cell_lat", "nav_lat": self = .latitude
        case "lon", "longitude", "cell_lon", "nav_lon": self = .longitude
        default:
            guard let role = AxisRole(of: variable, in: file), role == .latitude || role == .longitude,
                file.text("standard_name", of: variable) != nil
            else { return nil }
            self = role
        }
    }
}
