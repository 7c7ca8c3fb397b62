internal import CNetCDF
internal import Glibc

/// A grid that a file describes by the latitude and longitude of every cell.
///
/// Read where each row has one latitude and each column one longitude: plain grids of degrees, and the
/// cylindrical EASE-Grid 2.0 of SMAP, whose cells are alike in metres but not in degrees. Swaths and other
/// projections are not, and are refused by the caller. Cells may lack their coordinates, as SMAP's do where
/// it saw nothing.
struct CellCoordinates {
    let x: RegularAxis
    let y: RegularAxis
    let crs: String
    /// Positions of x and y among the two dimensions of the coordinate arrays.
    let positions: (x: Int, y: Int)

    var isGeographic: Bool { crs == "EPSG:4326" }

    /// Share of a degree by which the latitudes of a row may differ: rounding of single precision.
    private static let noiseDegrees = 1e-3

    init?(
        latitude: StoredVariable, longitude: StoredVariable, in file: NetCDFHandle
    ) throws(RasterError) {
        let shape = latitude.dimensions.map(\.length)
        guard shape.count == 2, longitude.dimensions.map(\.length) == shape else { return nil }
        let latitudes = try file.degrees(latitude, limit: 90)
        let longitudes = try file.degrees(longitude, limit: 360)
        guard latitudes.contains(where: { !$0.isNaN }), longitudes.contains(where: { !$0.isNaN }) else {
            throw RasterError(
                .nothingSeen, path: file.path,
                problem: "no value at all: not one cell has a latitude and a longitude")
        }
        var found: (latitudes: [Double], longitudes: [Double], x: Int, y: Int)?
        for y in [0, 1] {
            guard let rows = CellCoordinates.profile(of: latitudes, shape: shape, along: y),
                let columns = CellCoordinates.profile(of: longitudes, shape: shape, along: 1 - y)
            else { continue }
            found = (rows, columns, 1 - y, y)
            break
        }
        guard let found else { return nil }
        positions = (found.x, found.y)
        if let x = RegularAxis(gappy: found.longitudes), let y = RegularAxis(gappy: found.latitudes) {
            (self.x, self.y, crs) = (x, y, "EPSG:4326")
            return
        }
        let transform = try CoordinateTransform(from: "EPSG:4326", to: EASEGrid.crs)
        func metres(_ degrees: [Double], _ isLongitude: Bool) -> [Double] {
            let known = degrees.indices.filter { !degrees[$0].isNaN }
            var (xs, ys) = (
                known.map { isLongitude ? degrees[$0] : 0 }, known.map { isLongitude ? 0 : degrees[$0] }
            )
            transform.transform(x: &xs, y: &ys)
            var placed = [Double](repeating: .nan, count: degrees.count)
            for (number, place) in known.enumerated() {
                placed[place] = isLongitude ? xs[number] : ys[number]
            }
            return placed
        }
        guard let x = RegularAxis(gappy: metres(found.longitudes, true)),
            let y = RegularAxis(gappy: metres(found.latitudes, false))
        else { return nil }
        crs = EASEGrid.crs
        self.x = EASEGrid.snapped(x, origin: EASEGrid.west)
        self.y = EASEGrid.snapped(y, origin: EASEGrid.north)
    }

    /// The one value of each row (or column), NaN where no cell has one; nil where cells of a row differ.
    private static func profile(of values: [Double], shape: [Int], along axis: Int) -> [Double]? {
        var profile = [Double](repeating: .nan, count: shape[axis])
        for (number, value) in values.enumerated() where !value.isNaN {
            let place = axis == 0 ? number / shape[1] : number % shape[1]
            if profile[place].isNaN {
                profile[place] = value
            } else if abs(profile[place] - value) > noiseDegrees {
                return nil
            }
        }
        return profile
    }
}

/// The cylindrical EASE-Grid 2.0 in 36, 9, 3 and 1 km, which nest.
private enum EASEGrid {
    static let crs = "EPSG:6933"
    static let west = -17_367_530.4451615
    static let north = 7_314_540.8306386
    private static let cellMetres = 36_032.220840584

    /// An axis that was measured in degrees of single precision, brought back to the exact grid.
    static func snapped(_ axis: RegularAxis, origin: Double) -> RegularAxis {
        for share in [1.0, 4, 12, 36] {
            let cell = cellMetres / share
            guard abs(axis.spacing / cell - 1) < 1e-3 else { continue }
            let place = (axis.first - origin) / cell - 0.5
            guard abs(place - place.rounded()) < 0.05 else { continue }
            return RegularAxis(
                first: origin + (place.rounded() + 0.5) * cell, spacing: cell, count: axis.count,
                isDescending: axis.isDescending)
        }
        return axis
    }
}

extension RegularAxis {
    /// From what is known of an axis; nil when that is not at equal distances, or less than two places.
    fileprivate init?(gappy values: [Double]) {
        let known = values.indices.filter { !values[$0].isNaN }
        guard let first = known.first, let last = known.last, first < last else { return nil }
        let step = (values[last] - values[first]) / Double(last - first)
        guard step != 0 else { return nil }
        let start = values[first] - Double(first) * step
        for place in known
        where abs(values[place] - start - Double(place) * step) > Self.tolerance * abs(step) {
            return nil
        }
        let end = start + Double(values.count - 1) * step
        self.init(first: min(start, end), spacing: abs(step), count: values.count, isDescending: step < 0)
    }
}

extension NetCDFHandle {
    /// All values of a coordinate array; NaN for its fill value and for what no degree can be.
    fileprivate func degrees(_ variable: StoredVariable, limit: Double) throws(RasterError) -> [Double] {
        var values = [Double](repeating: 0, count: variable.dimensions.reduce(1) { $0 * $1.length })
        try HDF5Lock.withLock { () throws(RasterError) in
            errno = 0
            try check(
                nc_get_var_double(variable.group, variable.id, &values),
                cannot: "read coordinate '\(variable.name)'")
        }
        let fill = number("_FillValue", of: variable)
        return values.map { $0 == fill || !(abs($0) <= limit) ? .nan : $0 }
    }
}
