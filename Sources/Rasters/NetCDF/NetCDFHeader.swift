internal import CNetCDF
internal import Tiling

/// Defines dimensions, coordinates and variables of a file that is being created. Used under the lock.
struct NetCDFHeader {
    let file: Int32
    let path: String
    let grid: Grid

    private var names: (y: String, x: String) { grid.isGeographic ? ("lat", "lon") : ("y", "x") }
    private static let epoch = Day(year: 1900, month: 1, day: 1)

    /// Time, y and x with their coordinate variables, and the grid mapping; returns the dimensions of a
    /// variable.
    func define(times: [TimeStep], unit: NetCDFWriter.TimeUnit) throws(RasterError) -> [Int32] {
        var dimensions: [Int32] = []
        if !times.isEmpty {
            let time = try coordinate(
                "time", length: times.count, type: NC_INT,
                [
                    "standard_name": "time", "axis": "T",
                    "units": "\(unit.rawValue) since 1900-01-01 00:00:00.0",
                    "calendar": "standard",
                ])
            dimensions.append(time)
        }
        let isGeographic = grid.isGeographic
        dimensions.append(
            try coordinate(
                names.y, length: grid.rows, type: NC_DOUBLE,
                [
                    "standard_name": isGeographic ? "latitude" : "projection_y_coordinate",
                    "units": isGeographic ? "degrees_north" : "m", "axis": "Y",
                ]))
        dimensions.append(
            try coordinate(
                names.x, length: grid.columns, type: NC_DOUBLE,
                [
                    "standard_name": isGeographic ? "longitude" : "projection_x_coordinate",
                    "units": isGeographic ? "degrees_east" : "m", "axis": "X",
                ]))
        if !grid.crs.isEmpty {
            var mapping: Int32 = 0
            try check(nc_def_var(file, "crs", NC_INT, 0, nil, &mapping), cannot: "define 'crs'")
            var attributes = ["crs_wkt": try SpatialReference(grid.crs, path: path).wkt]
            if isGeographic { attributes["grid_mapping_name"] = "latitude_longitude" }
            try writeAttributes(attributes, of: mapping)
        }
        return dimensions
    }

    /// A data variable, packed, chunked and compressed.
    func define(
        _ variable: NetCDFWriter.Variable, dimensions: [Int32], chunk: NetCDFWriter.Chunk, stepCount: Int,
        hasTime: Bool, deflateLevel: Int
    ) throws(RasterError) -> Int32 {
        let (name, encoding) = (variable.name, variable.encoding)
        let type = encoding.type == .float32 ? NC_FLOAT : encoding.type == .int16 ? NC_SHORT : NC_USHORT
        var id: Int32 = 0
        try check(
            nc_def_var(file, name, type, Int32(dimensions.count), dimensions, &id), cannot: "define '\(name)'"
        )
        let chunkSizes =
            (hasTime ? [min(chunk.steps, stepCount)] : [])
            + [min(chunk.rows, grid.rows), min(chunk.columns, grid.columns)]
        try check(nc_def_var_chunking(file, id, NC_CHUNKED, chunkSizes), cannot: "chunk '\(name)'")
        if deflateLevel > 0 {
            try check(nc_def_var_deflate(file, id, 1, 1, Int32(deflateLevel)), cannot: "compress '\(name)'")
        }
        var fill = encoding.noData
        try check(nc_put_att_double(file, id, "_FillValue", type, 1, &fill), cannot: "describe '\(name)'")
        if encoding.scale != 1 || encoding.offset != 0 {
            var (scale, offset) = (encoding.scale, encoding.offset)
            try check(
                nc_put_att_double(file, id, "scale_factor", NC_DOUBLE, 1, &scale),
                cannot: "describe '\(name)'")
            try check(
                nc_put_att_double(file, id, "add_offset", NC_DOUBLE, 1, &offset), cannot: "describe '\(name)'"
            )
        }
        var attributes = ["long_name": variable.longName, "units": encoding.unit]
        attributes["standard_name"] = variable.standardName
        if !grid.crs.isEmpty { attributes["grid_mapping"] = "crs" }
        try writeAttributes(attributes, of: id)
        return id
    }

    /// Cell centres and times; after the definitions.
    func writeCoordinates(times: [TimeStep], unit: NetCDFWriter.TimeUnit) throws(RasterError) {
        try write((0..<grid.rows).map { grid.centerY(row: $0) }, to: names.y)
        try write((0..<grid.columns).map { grid.centerX(column: $0) }, to: names.x)
        guard !times.isEmpty, let epoch = NetCDFHeader.epoch else { return }
        var counts: [Double] = []
        for time in times {
            let seconds = (time.day - epoch) * 86_400 + time.secondOfDay
            guard seconds % unit.seconds == 0 else {
                throw RasterError(
                    .notWritten, path: path,
                    problem: "time of \(time.day) is not a whole number of \(unit.rawValue)")
            }
            counts.append(Double(seconds / unit.seconds))
        }
        try write(counts, to: "time")
    }

    /// Text attributes, in the order of their names.
    func writeAttributes(_ attributes: [String: String], of variable: Int32) throws(RasterError) {
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
            try check(nc_put_att_text(file, variable, key, value.utf8.count, value), cannot: "write '\(key)'")
        }
    }

    private func coordinate(
        _ name: String, length: Int, type: nc_type, _ attributes: [String: String]
    ) throws(RasterError) -> Int32 {
        var dimension: Int32 = 0
        var id: Int32 = 0
        try check(nc_def_dim(file, name, length, &dimension), cannot: "define '\(name)'")
        try check(nc_def_var(file, name, type, 1, &dimension, &id), cannot: "define '\(name)'")
        try writeAttributes(attributes, of: id)
        return dimension
    }

    private func write(_ values: [Double], to name: String) throws(RasterError) {
        var id: Int32 = 0
        try check(nc_inq_varid(file, name, &id), cannot: "find '\(name)'")
        try check(nc_put_var_double(file, id, values), cannot: "write '\(name)'")
    }

    private func check(_ status: Int32, cannot attempt: String) throws(RasterError) {
        if status != NC_NOERR { throw NetCDFHandle.failure(status, path, .notWritten, cannot: attempt) }
    }
}
