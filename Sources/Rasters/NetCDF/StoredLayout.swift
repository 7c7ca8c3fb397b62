internal import CNetCDF
internal import Glibc

/// How a chunked variable lies in an HDF5 file. Used under the lock.
struct StoredLayout {
    let shape: [Int]
    let valueBytes: Int

    /// Nil for what is not chunked, or not in this machine's byte order.
    init?(of variable: StoredVariable, in file: NetCDFHandle) {
        var storage: Int32 = 0
        var sizes = [Int](repeating: 1, count: variable.dimensions.count)
        var byteOrder: Int32 = 0
        var byteCount = 0
        guard nc_inq_var_chunking(file.id, variable.id, &storage, &sizes) == NC_NOERR, storage == NC_CHUNKED,
            nc_inq_var_endian(file.id, variable.id, &byteOrder) == NC_NOERR, byteOrder != NC_ENDIAN_BIG,
            nc_inq_type(file.id, variable.type, nil, &byteCount) == NC_NOERR, sizes.allSatisfy({ $0 > 0 })
        else { return nil }
        shape = sizes
        valueBytes = byteCount
    }
}

/// How a variable lies in a classic file: one value after the other, big-endian, in runs of whole rows that
/// stand for chunks.
struct ClassicRows {
    let shape: [Int]
    let valueBytes: Int
    private let lengths: [Int]
    private let layout: ClassicHeader.Variable

    private static let chunkBytes = 1 << 20

    /// Nil for files of another format, and where the last two dimensions are not those of space.
    init?(of variable: StoredVariable, path: String, timeAxis: Int?) {
        let rank = variable.dimensions.count
        guard let header = try? ClassicHeader(path: path),
            let layout = header.variables.first(where: { $0.name == variable.name }),
            let valueBytes = ClassicRows.valueBytes(of: variable.type),
            rank >= (layout.recordStride == nil ? 2 : 3),
            timeAxis.map({ $0 < rank - 2 }) ?? true
        else { return nil }
        self.layout = layout
        self.valueBytes = valueBytes
        lengths = variable.dimensions.map(\.length)
        let rowBytes = max(1, lengths[rank - 1] * valueBytes)
        var shape = [Int](repeating: 1, count: rank)
        shape[rank - 1] = lengths[rank - 1]
        shape[rank - 2] = min(max(1, Self.chunkBytes / rowBytes), max(1, lengths[rank - 2]))
        self.shape = shape
    }

    /// In the file, of the first value of a chunk.
    func offset(of corner: [Int]) -> Int {
        let inner = layout.recordStride == nil ? 0 : 1
        var place = 0
        for axis in inner..<corner.count { place = place * lengths[axis] + corner[axis] }
        return layout.begin + place * valueBytes + (layout.recordStride.map { $0 * corner[0] } ?? 0)
    }

    /// The last run of rows may be shorter.
    func byteCount(at corner: [Int]) -> Int {
        let axis = corner.count - 2
        return min(shape[axis], lengths[axis] - corner[axis]) * lengths[axis + 1] * valueBytes
    }

    private static func valueBytes(of type: nc_type) -> Int? {
        switch type {
        case NC_BYTE, NC_UBYTE: 1
        case NC_SHORT, NC_USHORT: 2
        case NC_FLOAT: 4
        default: nil
        }
    }
}

extension NetCDFHandle {
    /// Whether places in the file are counted from its first byte: HDF5 allows a block of something else in
    /// front.
    var beginsWithHDF5: Bool {
        guard let file = fopen(path, "rb") else { return false }
        defer { fclose(file) }
        var magic = [UInt8](repeating: 0, count: 8)
        return fread(&magic, 1, 8, file) == 8 && magic == [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
    }
}
