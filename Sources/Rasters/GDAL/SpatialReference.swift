internal import CGDAL
internal import Glibc

/// A coordinate reference system as GDAL understands it, with x = east or longitude and y = north or
/// latitude.
struct SpatialReference: ~Copyable {
    let handle: OGRSpatialReferenceH

    /// `path` names whose CRS it is, in errors.
    init(_ text: String, path: String) throws(RasterError) {
        GDALLibrary.prepare()
        // GDAL would also take file names and URLs; a CRS is spelled out.
        let isReference =
            !text.isEmpty && !text.hasPrefix("/") && !text.contains("://") && !text.hasPrefix("@")
        guard isReference, let handle = OSRNewSpatialReference(nil) else {
            throw RasterError(
                .unsupported, path: path,
                problem: text.isEmpty
                    ? "has no coordinate reference system: give it one, with gdal_edit.py -a_srs for instance"
                    : "'\(text)' is not a coordinate reference system")
        }
        guard OSRSetFromUserInput(handle, text) == OGRERR_NONE else {
            let said = GDALLibrary.failureMessage.map { ": \($0)" } ?? ""
            OSRDestroySpatialReference(handle)
            throw RasterError(
                .unsupported, path: path, problem: "'\(text)' is not a coordinate reference system\(said)")
        }
        OSRSetAxisMappingStrategy(handle, OAMS_TRADITIONAL_GIS_ORDER)
        self.handle = handle
    }

    /// A copy of a reference that a dataset owns.
    init?(copying other: OGRSpatialReferenceH?) {
        guard let other, let handle = OSRClone(other) else { return nil }
        OSRSetAxisMappingStrategy(handle, OAMS_TRADITIONAL_GIS_ORDER)
        self.handle = handle
    }

    deinit { OSRDestroySpatialReference(handle) }

    var isGeographic: Bool { OSRIsGeographic(handle) != 0 }

    /// Same coordinates for the same place, whatever the two are called.
    func isSame(as other: borrowing SpatialReference) -> Bool {
        let options = GDALOptions([
            "CRITERION": "EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS", "IGNORE_COORDINATE_EPOCH": "YES",
            "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING": "YES",
        ])
        return OSRIsSameEx(handle, other.handle, options.constantList) != 0
    }

    /// WKT 2 in one line; empty when GDAL cannot write it.
    var wkt: String {
        let options = GDALOptions(["FORMAT": "WKT2_2019", "MULTILINE": "NO"])
        var text: UnsafeMutablePointer<CChar>?
        defer { VSIFree(text) }
        guard OSRExportToWktEx(handle, &text, options.constantList) == OGRERR_NONE, let text else {
            return ""
        }
        return String(cString: text)
    }

    /// The shortest name that means the same: `EPSG:4326` rather than its WKT, so that grids compare equal.
    var name: String {
        var candidates: [String] = []
        if let authority = OSRGetAuthorityName(handle, nil), String(cString: authority) == "EPSG",
            let code = OSRGetAuthorityCode(handle, nil)
        {
            candidates.append("EPSG:\(String(cString: code))")
        }
        if isGeographic { candidates.append("EPSG:4326") }
        for candidate in candidates {
            if let known = try? SpatialReference(candidate, path: ""), isSame(as: known) { return candidate }
        }
        return wkt
    }
}
