internal import CGDAL

extension RasterFile {
    /// Opens one named field of a container such as HDF-EOS: `LST_Day_1km`, `1 km 16 days NDVI`.
    public convenience init(path: String, field: String) throws(RasterError) {
        try self.init(path: try RasterFile.part(named: field, of: path))
    }

    /// The name by which GDAL opens a field.
    private static func part(named field: String, of path: String) throws(RasterError) -> String {
        try RasterError.checkExists(path)
        GDALLibrary.prepare()
        try HDF4Header.check(path)
        let parts = try HDF5Lock.withLock { () throws(RasterError) -> [String] in
            GDALLibrary.prepare()
            guard
                let dataset = GDALOpenEx(path, UInt32(GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR), nil, nil, nil)
            else { throw GDALLibrary.failure(.unreadable, path, cannot: "be opened as a raster") }
            defer { GDALClose(dataset) }
            return subdatasets(of: dataset)
        }
        let names = parts.map(fieldName)
        if let number = names.firstIndex(of: field) { return parts[number] }
        throw RasterError(
            .notInFile, path: path,
            problem: names.isEmpty
                ? "has no fields: take a band of it instead"
                : "has no field '\(field)': choose from \(names.prefix(20).joined(separator: ", "))")
    }

    private static func subdatasets(of dataset: GDALDatasetH) -> [String] {
        guard let list = GDALGetMetadata(dataset, "SUBDATASETS") else { return [] }
        var parts: [String] = []
        while let name = CSLFetchNameValue(list, "SUBDATASET_\(parts.count + 1)_NAME") {
            parts.append(string(name))
        }
        return parts
    }

    /// `HDF4_EOS:EOS_GRID:"file.hdf":GRID:"1 km 16 days NDVI"` ends with it.
    private static func fieldName(of part: String) -> String {
        let last = part.split(separator: ":").last ?? ""
        return String((last.split(separator: "/").last ?? last).filter { $0 != "\"" })
    }
}
