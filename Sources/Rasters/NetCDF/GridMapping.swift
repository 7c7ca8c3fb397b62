internal import CNetCDF

/// The CRS of a variable, from its CF grid mapping.
struct GridMapping {
    /// As in `Grid.crs`; empty when the file does not say.
    let crs: String
    let isGeographic: Bool

    /// `hasDegrees` tells what the axes say: longitude and latitude, or something projected.
    init(of variable: StoredVariable, in file: NetCDFHandle, hasDegrees: Bool) throws(RasterError) {
        var text = ""
        if let mapping = GridMapping.variable(of: variable, in: file) {
            if let known = file.text("crs_wkt", of: mapping) ?? file.text("spatial_ref", of: mapping) {
                text = known
            } else if let name = file.text("grid_mapping_name", of: mapping) {
                guard let known = GridMapping.projection(named: name, of: mapping, in: file) else {
                    throw RasterError(
                        .unsupported, path: file.path,
                        problem:
                            "variable '\(variable.name)' has the grid mapping '\(name)', which is not "
                            + "understood: warp it to another CRS first, with gdalwarp")
                }
                text = known
            }
        }
        // xarray and rioxarray leave a PROJ string at the variable.
        if text.isEmpty { text = file.text("crs", of: variable) ?? "" }
        guard !text.isEmpty else {
            crs = hasDegrees ? "EPSG:4326" : ""
            isGeographic = hasDegrees
            return
        }
        let reference = try SpatialReference(text, path: file.path)
        // Axes of degrees under a projected mapping: the mapping belongs to other coordinates.
        let fits = reference.isGeographic || !hasDegrees
        crs = fits ? reference.name : "EPSG:4326"
        isGeographic = reference.isGeographic || hasDegrees
    }

    /// `grid_mapping` names a variable, alone or as `crs: x y`.
    private static func variable(of variable: StoredVariable, in file: NetCDFHandle) -> StoredVariable? {
        guard let text = file.text("grid_mapping", of: variable) else { return nil }
        return text.split(whereSeparator: { $0 == " " || $0 == ":" }).first.flatMap {
            file.variable(named: String($0), seenFrom: variable)
        }
    }

    /// A CF grid mapping as a PROJ string (CF 1.8, appendix F); nil for those that are not simple.
    private static func projection(named name: String, of mapping: StoredVariable, in file: NetCDFHandle)
        -> String?
    {
        if name == "latitude_longitude" { return "EPSG:4326" }
        func number(_ attribute: String) -> Double? { file.number(attribute, of: mapping) }
        let parallels = file.numbers("standard_parallel", of: mapping)?.values ?? []
        let centre = [
            ("lon_0", number("longitude_of_central_meridian") ?? number("longitude_of_projection_origin")),
            ("lat_0", number("latitude_of_projection_origin")),
        ]
        let secants = [("lat_1", parallels.first), ("lat_2", parallels.last)]
        let specific: (projection: String, parameters: [(String, Double?)])
        switch name {
        case "albers_conical_equal_area": specific = ("aea", centre + secants)
        case "lambert_conformal_conic": specific = ("lcc", centre + secants)
        case "lambert_azimuthal_equal_area": specific = ("laea", centre)
        case "lambert_cylindrical_equal_area": specific = ("cea", [centre[0], ("lat_ts", parallels.first)])
        case "sinusoidal": specific = ("sinu", [centre[0]])
        case "transverse_mercator":
            specific = ("tmerc", centre + [("k_0", number("scale_factor_at_central_meridian"))])
        default: return nil
        }
        let radius = number("earth_radius")
        let flattening = number("inverse_flattening")
        let ellipsoid: [(String, Double?)] = [
            ("R", radius), ("a", radius == nil ? number("semi_major_axis") : nil),
            ("rf", radius == nil ? flattening : nil),
            ("b", radius == nil && flattening == nil ? number("semi_minor_axis") : nil),
        ]
        var parameters = specific.parameters
        parameters += [("x_0", number("false_easting")), ("y_0", number("false_northing"))]
        let hasEllipsoid = ellipsoid.contains { $0.0 != "rf" && $0.1 != nil }
        let words = (parameters + ellipsoid).compactMap { key, value in value.map { "+\(key)=\($0)" } }
        return
            (["+proj=\(specific.projection)"] + words + [
                hasEllipsoid ? "" : "+ellps=WGS84", "+units=m +no_defs",
            ])
            .joined(separator: " ")
    }
}
