internal import CGDAL
internal import CNetCDF
internal import Glibc
internal import Synchronization

/// The chunks of a variable as they lie in the file, decompressed by us instead of by HDF5.
///
/// HDF5 decodes under one lock, with zlib. Here only the copy of the stored bytes is under the lock; any
/// number of threads inflate them at once, by GDAL's libdeflate, which is more than twice as fast as zlib.
final class StoredChunks {
    /// Values along each dimension of the variable.
    let shape: [Int]
    let valueBytes: Int
    private let library: HDF5Library
    private let dataset: HDF5Library.Dataset
    private let filters: [Int32]
    /// Memory that threads have used and will use again: pages of fresh memory cost as much as a third of the
    /// decoding.
    private let scratches = Mutex<[Scratch]>([])

    private static let deflate: Int32 = 1
    private static let shuffle: Int32 = 2

    /// Nil where HDF5 must do it: other filters than shuffle and deflate, foreign byte order, files without
    /// chunks.
    init?(of variable: StoredVariable, in file: NetCDFHandle) {
        let opened = HDF5Lock.withLock { () -> (StoredLayout, HDF5Library, HDF5Library.Dataset, [Int32])? in
            guard let layout = StoredLayout(of: variable, in: file), let library = HDF5Library.shared,
                let dataset = library.open(variable.name, inFile: file.path)
            else { return nil }
            guard let filters = library.filters(of: dataset),
                [[], [Self.deflate], [Self.shuffle, Self.deflate]].contains(filters)
            else {
                library.close(dataset)
                return nil
            }
            return (layout, library, dataset, filters)
        }
        guard let opened else { return nil }
        (shape, valueBytes) = (opened.0.shape, opened.0.valueBytes)
        (library, dataset, filters) = (opened.1, opened.2, opened.3)
    }

    deinit {
        HDF5Lock.withLock { library.close(dataset) }
    }

    var byteCount: Int { shape.reduce(valueBytes, *) }

    /// The bytes of one chunk, still shuffled if they were.
    struct Chunk {
        let bytes: UnsafeRawPointer
        let isShuffled: Bool
    }

    /// Memory of one thread, used for one chunk after the other.
    // Handed from thread to thread whole, never shared.
    private final class Scratch: @unchecked Sendable {
        var stored = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        var inflated = UnsafeMutableRawBufferPointer(start: nil, count: 0)

        deinit {
            stored.deallocate()
            inflated.deallocate()
        }

        static func grow(_ buffer: inout UnsafeMutableRawBufferPointer, to count: Int) {
            guard buffer.count < count else { return }
            buffer.deallocate()
            buffer = .allocate(byteCount: count, alignment: 64)
        }
    }

    /// Hands over the chunk at a corner, any number of threads at once. False for a chunk that nobody wrote,
    /// and for a damaged one: HDF5 knows what to say of it.
    func withChunk(at corner: [Int], _ body: (Chunk) -> Void) -> Bool {
        let scratch = scratches.withLock { $0.popLast() } ?? Scratch()
        defer { scratches.withLock { $0.append(scratch) } }
        guard let chunk = chunk(at: corner, scratch: scratch) else { return false }
        body(chunk)
        return true
    }

    private func chunk(at corner: [Int], scratch: Scratch) -> Chunk? {
        let corner = corner.map { UInt64($0) }
        let read = HDF5Lock.withLock { () -> (byteCount: Int, skipped: UInt32)? in
            guard let count = library.byteCount(ofChunkAt: corner, in: dataset), count > 0 else { return nil }
            Scratch.grow(&scratch.stored, to: count)
            return library.read(chunkAt: corner, of: dataset, into: scratch.stored.baseAddress!).map {
                (count, $0)
            }
        }
        guard let read else { return nil }
        func isApplied(_ filter: Int32) -> Bool {
            filters.firstIndex(of: filter).map { read.skipped & (1 << UInt32($0)) == 0 } ?? false
        }
        let isShuffled = isApplied(Self.shuffle) && valueBytes > 1
        guard isApplied(Self.deflate) else {
            guard read.byteCount == byteCount else { return nil }
            return Chunk(bytes: UnsafeRawPointer(scratch.stored.baseAddress!), isShuffled: isShuffled)
        }
        Scratch.grow(&scratch.inflated, to: byteCount)
        var count = 0
        let bytes = CPLZLibInflate(
            scratch.stored.baseAddress, read.byteCount, scratch.inflated.baseAddress, byteCount, &count)
        guard let bytes, count == byteCount else { return nil }
        return Chunk(bytes: UnsafeRawPointer(bytes), isShuffled: isShuffled)
    }
}

/// How a chunked variable lies in the file. Used under the lock.
private struct StoredLayout {
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
