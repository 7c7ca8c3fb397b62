internal import CGDAL
internal import Glibc
internal import Tiling

/// The blocks of a GeoTIFF, decoded by us: one read, one call of the codec, and a sum along each row. GDAL
/// goes through streams, a cache, and one number after the other, which takes several times as long.
///
/// Only of the common kinds: zstd, deflate or nothing, with or without the predictor for integers, bands
/// apart. All others are GDAL's, and so is whatever cannot be decoded: it knows what to say of it.
final class StoredBlocks {
    private let file: Int32
    private let directory: TIFFDirectory
    private let type: GDALDataType
    private let decompressor: UnsafePointer<CPLCompressor>?
    private let valueBytes: Int

    /// A block as it is stored, and decoded.
    private static let memories = MemoryPool()
    /// Larger blocks, such as files of one strip, are GDAL's.
    private static let blockBytesMax = 16 << 20

    /// Nil where GDAL must read. `type` and `info` are what it says of the file.
    init?(info: RasterInfo, type: GDALDataType) {
        guard info.driver == "GTiff" else { return nil }
        let file = open(info.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        guard let directory = TIFFDirectory(file: file), directory.columns == info.columns,
            directory.rows == info.rows, directory.blockColumns == info.blockColumns,
            directory.blockRows == info.blockRows, directory.bandCount == info.bandCount,
            Self.isKnown(directory, as: type)
        else {
            close(file)
            return nil
        }
        let codec: String? = [8: "zlib", 32946: "zlib", 50000: "zstd"][directory.compression]
        decompressor = codec.flatMap { CPLGetDecompressor($0) }
        guard directory.compression == 1 || decompressor != nil else {
            close(file)
            return nil
        }
        (self.file, self.directory, self.type) = (file, directory, type)
        valueBytes = directory.bitsPerValue / 8
    }

    deinit { close(file) }

    private static func isKnown(_ directory: TIFFDirectory, as type: GDALDataType) -> Bool {
        let kinds = [GDT_Byte: (8, 1), GDT_UInt16: (16, 1), GDT_Int16: (16, 2), GDT_Float32: (32, 3)]
        guard let kind = kinds[type], kind == (directory.bitsPerValue, directory.sampleFormat),
            directory.hasBandsApart, directory.predictor == 1 || directory.predictor == 2,
            directory.predictor == 1 || type != GDT_Float32
        else { return false }
        return directory.blockColumns * directory.blockRows <= blockBytesMax / (directory.bitsPerValue / 8)
    }

    /// Hands over the values of a window of a band, a row of a block at a time, with the row and the first
    /// column in the window. False where GDAL must read: what came before is to be written over.
    func readRows(
        of window: PixelWindow, band: Int, _ encoding: BandEncoding,
        _ body: (_ row: Int, _ column: Int, _ values: UnsafeBufferPointer<Float>) -> Void
    ) -> Bool {
        guard encoding.dataType == type else { return false }
        let (width, height) = (directory.blockColumns, directory.blockRows)
        return Self.memories.withMemory { stored in
            Self.memories.withMemory { decoded in
                for row in window.row / height...(window.row + window.rows - 1) / height {
                    for column in window.column / width...(window.column + window.columns - 1) / width {
                        guard let bytes = block(column, row, band: band, stored, decoded) else {
                            return false
                        }
                        unpack(bytes, column, row, window, encoding, body)
                    }
                }
                return true
            }
        }
    }

    /// The bytes of a block without its compression.
    private func block(
        _ column: Int, _ row: Int, band: Int, _ stored: ReusedMemory, _ decoded: ReusedMemory
    ) -> UnsafeMutableRawPointer? {
        let rows = directory.isTiled ? directory.blockRows : rowCount(ofBlock: row)
        let byteCount = directory.blockColumns * rows * valueBytes
        guard let place = directory.place(ofBlock: column, row, band: band, in: file),
            place.byteCount <= 2 * byteCount + 1024,
            let output = decoded.room(for: byteCount).baseAddress,
            let input = stored.room(for: place.byteCount, slack: place.byteCount / 8).baseAddress
        else { return nil }
        guard let decompressor else {
            guard place.byteCount == byteCount else { return nil }
            return pread(file, output, byteCount, off_t(place.offset)) == byteCount ? output : nil
        }
        guard pread(file, input, place.byteCount, off_t(place.offset)) == place.byteCount else { return nil }
        var result: UnsafeMutableRawPointer? = output
        var count = byteCount
        let isDone = decompressor.pointee.pfnFunc(
            input, place.byteCount, &result, &count, nil, decompressor.pointee.user_data)
        return isDone && count == byteCount ? output : nil
    }

    private func rowCount(ofBlock row: Int) -> Int {
        min(directory.blockRows, directory.rows - row * directory.blockRows)
    }

    /// The part of a block that lies in a window.
    private func unpack(
        _ bytes: UnsafeMutableRawPointer, _ column: Int, _ row: Int, _ window: PixelWindow,
        _ encoding: BandEncoding,
        _ body: (_ row: Int, _ column: Int, _ values: UnsafeBufferPointer<Float>) -> Void
    ) {
        let (width, height) = (directory.blockColumns, directory.blockRows)
        let (left, top) = (column * width, row * height)
        let columns = max(window.column - left, 0)..<min(window.column + window.columns - left, width)
        let rows = max(window.row - top, 0)..<min(window.row + window.rows - top, height)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * columns.count) { memory in
            let numbers = UnsafeMutableBufferPointer(rebasing: memory[..<columns.count])
            let values = UnsafeMutableBufferPointer(rebasing: memory[columns.count...])
            for row in rows {
                let line = bytes + row * width * valueBytes
                encoding.unpack(stored(line, columns, in: numbers), into: values)
                body(row + top - window.row, columns.lowerBound + left - window.column, .init(values))
            }
        }
    }

    /// Some numbers of a line, as they are stored.
    private func stored(
        _ line: UnsafeMutableRawPointer, _ columns: Range<Int>, in numbers: UnsafeMutableBufferPointer<Float>
    ) -> UnsafePointer<Float> {
        switch type {
        case GDT_Byte: convert(line.assumingMemoryBound(to: UInt8.self), columns, to: numbers)
        case GDT_UInt16: convert(line.assumingMemoryBound(to: UInt16.self), columns, to: numbers)
        case GDT_Int16: convert(line.assumingMemoryBound(to: Int16.self), columns, to: numbers)
        default: return UnsafePointer(line.assumingMemoryBound(to: Float.self)) + columns.lowerBound
        }
        return UnsafePointer(numbers.baseAddress!)
    }

    /// With the predictor each number is stored as its difference from the one before.
    @inline(__always)
    private func convert<Number: FixedWidthInteger>(
        _ line: UnsafeMutablePointer<Number>, _ columns: Range<Int>,
        to numbers: UnsafeMutableBufferPointer<Float>
    ) {
        if directory.predictor == 2 {
            var sum: Number = 0
            for column in 0..<columns.upperBound {
                sum &+= line[column]
                line[column] = sum
            }
        }
        let first = line + columns.lowerBound
        for place in numbers.indices { numbers[place] = Float(first[place]) }
    }
}
