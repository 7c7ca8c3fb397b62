internal import CGDAL
public import Tiling

extension RasterFile {
    /// Values of some bands (counted from 1), [band][row][column]: unpacked with each band's scale and
    /// offset, NaN where the band has no data. The window lies inside the grid.
    ///
    /// With `asStored` numbers stay what they are in the file, as flags must: 0 is a good quality, whatever
    /// the file calls no data.
    public func read(
        window: PixelWindow, bands: [Int], asStored: Bool = false
    ) throws(RasterError) -> [Float] {
        try check(window)
        var encodings: [BandEncoding] = []
        for band in bands {
            let encoding = try encoding(ofBand: band)
            encodings.append(asStored ? encoding.plain : encoding)
        }
        if encodings.allSatisfy(\.fitsFloat) {
            return unpacked(try stored(window, bands, zero: Float(0), as: GDT_Float32), encodings, window)
        }
        let numbers = try stored(window, bands, zero: Double(0), as: GDT_Float64)
        if asStored, let large = numbers.first(where: { abs($0) > Self.wholeFloatMax }) {
            throw RasterError(
                .unsupported, path: info.path,
                problem:
                    "holds the flag \(large), of more than 24 bits: keep the bits that matter in a raster "
                    + "of 16-bit numbers, with gdal_calc.py for instance")
        }
        return unpacked(numbers, encodings, window)
    }

    /// Hands the same over row by row, or in parts of rows, with the band's place in `bands` and the first
    /// value's row and column in the window; parts may come again, and the last one counts. For files that
    /// are read block by block: a block is decoded each time that a window asks for it.
    public func readRows(
        of window: PixelWindow, bands: [Int], asStored: Bool = false,
        _ body: (_ band: Int, _ row: Int, _ column: Int, _ values: UnsafeBufferPointer<Float>) -> Void
    ) throws(RasterError) {
        try check(window)
        var left: [Int] = []
        for (number, band) in bands.enumerated() {
            let encoding = try encoding(ofBand: band)
            let isRead = storedBlocks?.readRows(of: window, band: band, asStored ? encoding.plain : encoding)
            {
                body(number, $0, $1, $2)
            }
            if isRead != true { left.append(number) }
        }
        guard !left.isEmpty else { return }
        let values = try read(window: window, bands: left.map { bands[$0] }, asStored: asStored)
        values.withUnsafeBufferPointer { values in
            for (place, number) in left.enumerated() {
                for row in 0..<window.rows {
                    let first = (place * window.rows + row) * window.columns
                    body(number, row, 0, .init(rebasing: values[first..<first + window.columns]))
                }
            }
        }
    }

    /// The numbers of one band (counted from 1) as they are stored, [row][column].
    public func readStored(window: PixelWindow, band: Int) throws(RasterError) -> RasterBuffer {
        try check(window)
        let encoding = try encoding(ofBand: band)
        switch encoding.dataType {
        case GDT_UInt16: return .uint16(try stored(window, [band], zero: 0, as: GDT_UInt16))
        case GDT_Int16: return .int16(try stored(window, [band], zero: 0, as: GDT_Int16))
        case GDT_Float32: return .float32(try stored(window, [band], zero: 0, as: GDT_Float32))
        default:
            throw RasterError(
                .unsupported, path: info.path,
                problem:
                    "band \(band) is \(string(GDALGetDataTypeName(encoding.dataType))): only UInt16, Int16 "
                    + "and Float32 are read as they are stored")
        }
    }

    /// Beyond it single precision skips whole numbers.
    private static let wholeFloatMax = 16_777_216.0

    private func check(_ window: PixelWindow) throws(RasterError) {
        guard window.fits(columns: info.columns, rows: info.rows) else {
            throw RasterError(
                .outside, path: info.path, problem: window.overhang(columns: info.columns, rows: info.rows))
        }
    }

    private func encoding(ofBand number: Int) throws(RasterError) -> BandEncoding {
        guard (1...info.bandCount).contains(number), let band = GDALGetRasterBand(dataset, Int32(number))
        else {
            throw RasterError(
                .notInFile, path: info.path,
                problem: "has \(counted(info.bandCount, "band")), and no band \(number)")
        }
        let encoding = BandEncoding(of: band)
        guard !encoding.isComplex else {
            throw RasterError(.unsupported, path: info.path, problem: "band \(number) holds complex numbers")
        }
        return encoding
    }

    /// All bands in one call: files that interleave bands decode each block once.
    private func stored<Stored>(
        _ window: PixelWindow, _ bands: [Int], zero: Stored, as type: GDALDataType
    ) throws(RasterError) -> [Stored] {
        guard !bands.isEmpty else { return [] }
        var numbers = [Stored](repeating: zero, count: window.pixelCount * bands.count)
        var bandNumbers = bands.map(Int32.init)
        let row = isSouthUp ? info.rows - window.row - window.rows : window.row
        let lineBytes = window.columns * MemoryLayout<Stored>.stride
        let status = HDF5Lock.withLock(if: needsHDF5Lock) {
            GDALLibrary.prepare()
            return numbers.withUnsafeMutableBytes { memory in
                // South-up files are written into the buffer from its last line upwards.
                let first = isSouthUp ? (window.rows - 1) * lineBytes : 0
                return GDALDatasetRasterIOEx(
                    dataset, GF_Read, Int32(window.column), Int32(row), Int32(window.columns),
                    Int32(window.rows),
                    memory.baseAddress.map { $0 + first }, Int32(window.columns), Int32(window.rows), type,
                    Int32(bands.count), &bandNumbers, GSpacing(MemoryLayout<Stored>.stride),
                    GSpacing(isSouthUp ? -lineBytes : lineBytes), GSpacing(window.rows * lineBytes), nil)
            }
        }
        guard status == CE_None else {
            throw GDALLibrary.failure(
                .unreadable, info.path,
                cannot: "read column \(window.column), row \(window.row) of band \(bands[0])")
        }
        return numbers
    }

    private func unpacked<Stored: BinaryFloatingPoint>(
        _ stored: [Stored], _ encodings: [BandEncoding], _ window: PixelWindow
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: stored.count) { values, count in
            stored.withUnsafeBufferPointer { stored in
                for (number, encoding) in encodings.enumerated() {
                    let first = number * window.pixelCount
                    guard let numbers = stored.baseAddress.map({ $0 + first }) else { continue }
                    encoding.unpack(
                        numbers,
                        into: UnsafeMutableBufferPointer(rebasing: values[first..<first + window.pixelCount]))
                }
            }
            count = stored.count
        }
    }
}
