internal import CGDAL

/// How a band's stored numbers become values: `value = stored * scale + offset`, and which of them are
/// missing.
struct BandEncoding {
    let dataType: GDALDataType
    private(set) var noData: Double?
    private(set) var scale: Double
    private(set) var offset: Double
    /// Stored numbers outside are missing; nil where the file does not say.
    private(set) var validRange: ClosedRange<Double>?

    init(of band: GDALRasterBandH) {
        dataType = GDALGetRasterDataType(band)
        var isSet: Int32 = 0
        let noData =
            switch dataType {
            case GDT_Int64: Double(GDALGetRasterNoDataValueAsInt64(band, &isSet))
            case GDT_UInt64: Double(GDALGetRasterNoDataValueAsUInt64(band, &isSet))
            default: GDALGetRasterNoDataValue(band, &isSet)
            }
        self.noData = isSet != 0 ? noData : nil
        let scale = GDALGetRasterScale(band, &isSet)
        self.scale = isSet != 0 ? scale : 1
        let offset = GDALGetRasterOffset(band, &isSet)
        self.offset = isSet != 0 ? offset : 0
        if let dataset = GDALGetBandDataset(band),
            string(GDALGetDriverShortName(GDALGetDatasetDriver(dataset))) == "HDF4Image"
        {
            adoptHDF4Habits(metadata: GDALGetMetadata(dataset, nil))
        }
    }

    /// MODIS says 0.02 to multiply with for temperature, but 10000 to divide by for NDVI and reflectance,
    /// both as `scale_factor`; no product stores coarser numbers than its values.
    private mutating func adoptHDF4Habits(metadata: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        if scale > 1 { (scale, offset) = (1 / scale, 0 - offset / scale) }
        guard let metadata, let text = CSLFetchNameValue(metadata, "valid_range") else { return }
        let limits = string(text).split(separator: ",").compactMap { Double($0.filter { $0 != " " }) }
        if limits.count == 2, limits[0] < limits[1] { validRange = limits[0]...limits[1] }
    }

    /// Every stored number is a value.
    var plain: BandEncoding {
        var plain = self
        (plain.noData, plain.scale, plain.offset, plain.validRange) = (nil, 1, 0, nil)
        return plain
    }

    var isComplex: Bool { GDALDataTypeIsComplex(dataType) != 0 }

    /// Whether every stored number is exact as a Float.
    var fitsFloat: Bool { [GDT_Byte, GDT_UInt16, GDT_Int16, GDT_Float32].contains(dataType) }

    /// Stored numbers that mean missing. Writers cut huge no-data values to a few digits (-3.4e38 for
    /// -3.3999999521443642e38), so those are compared with a tolerance; all others exactly.
    func missing<Stored: BinaryFloatingPoint>(as type: Stored.Type) -> ClosedRange<Stored>? {
        guard var noData, noData.isFinite else { return nil }
        // A file says 0.1 and stores the nearest single-precision number.
        if dataType == GDT_Float32 { noData = Double(Float(noData)) }
        let exact = Stored(noData)
        guard exact.isFinite else { return nil }
        guard abs(noData) > 1e30 else { return exact...exact }
        let tolerance = abs(exact) * 1e-6
        return exact - tolerance...exact + tolerance
    }

    /// Unpacks in Double, as many numbers as there is room for; missing and non-finite ones become NaN.
    func unpack<Stored: BinaryFloatingPoint>(
        _ stored: UnsafePointer<Stored>, into values: UnsafeMutableBufferPointer<Float>
    ) {
        let missing = missing(as: Stored.self)
        // An empty interval where nothing means missing.
        let lowest = missing?.lowerBound ?? 1
        let highest = missing?.upperBound ?? 0
        let least = validRange.map { Stored($0.lowerBound) } ?? -Stored.greatestFiniteMagnitude
        let most = validRange.map { Stored($0.upperBound) } ?? Stored.greatestFiniteMagnitude
        // Without branches, so that the loops become vectors: a number is in an interval if it is not beyond
        // just one of its ends. NaN is beyond neither, and stays what it is.
        @inline(__always) func isValue(_ number: Stored) -> Bool {
            let isMissing = (number >= lowest) == (number <= highest) && lowest <= highest
            return (number >= least) == (number <= most) && !isMissing
        }
        if scale == 1, offset == 0 {
            for place in values.indices {
                values[place] = isValue(stored[place]) ? Float(stored[place]) : .nan
            }
        } else {
            let (scale, offset) = (scale, offset)
            for place in values.indices {
                let value = Float(Double(stored[place]) * scale + offset)
                values[place] = isValue(stored[place]) ? value : .nan
            }
        }
    }
}
