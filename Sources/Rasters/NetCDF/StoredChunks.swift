internal import CGDAL
internal import Glibc

/// The chunks of a variable as they lie in the file, decompressed by us instead of by HDF5.
///
/// HDF5 decodes under one lock, with zlib. Here only the look for the stored bytes is under the lock; any
/// number of threads inflate them at once, by GDAL's libdeflate, which is more than twice as fast as zlib.
/// A classic file has no chunks: some rows of a step count as one.
final class StoredChunks {
    /// Values along each dimension of the variable.
    let shape: [Int]
    let valueBytes: Int
    private let storage: Storage
    private let bytes: SourceBytes?
    /// Memory of threads, for chunks as they are stored and as they are inflated.
    private let storedMemory = MemoryPool()
    private let inflatedMemory = MemoryPool()

    /// How the bytes of a chunk are found.
    private enum Storage {
        case classic(ClassicRows)
        /// `hasPlaces`: chunks are read from `bytes`, at the places that HDF5 tells.
        case hdf5(HDF5Library, HDF5Library.Dataset, filters: [Int32], hasPlaces: Bool)
    }

    private static let deflate: Int32 = 1
    private static let shuffle: Int32 = 2
    /// To tell a place, HDF5 walks through all chunks: more of them would take longer than reading twice.
    private static let placesMax = 4096

    /// Nil where HDF5 or netCDF must do it: other filters than shuffle and deflate, foreign byte order, HDF5
    /// files without chunks, classic ones without `bytes`.
    init?(of variable: StoredVariable, in file: NetCDFHandle, timeAxis: Int?) {
        bytes = file.bytes
        if file.bytes != nil,
            let rows = ClassicRows(of: variable, path: file.path, timeAxis: timeAxis)
        {
            (shape, valueBytes, storage) = (rows.shape, rows.valueBytes, .classic(rows))
            return
        }
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
        guard let (layout, library, dataset, filters) = opened else { return nil }
        (shape, valueBytes) = (layout.shape, layout.valueBytes)
        let count = zip(variable.dimensions, layout.shape).reduce(1) {
            $0 * (($1.0.length + $1.1 - 1) / $1.1)
        }
        storage = .hdf5(
            library, dataset, filters: filters,
            hasPlaces: file.bytes != nil && count <= Self.placesMax && file.beginsWithHDF5)
    }

    deinit {
        guard case .hdf5(let library, let dataset, _, _) = storage else { return }
        HDF5Lock.withLock { library.close(dataset) }
    }

    var byteCount: Int { shape.reduce(valueBytes, *) }

    /// Of the chunk at the first corner.
    var firstByte: Int? {
        let corner = [Int](repeating: 0, count: shape.count)
        switch storage {
        case .classic(let rows): return rows.offset(of: corner)
        case .hdf5(let library, let dataset, _, let hasPlaces):
            guard hasPlaces else { return nil }
            return HDF5Lock.withLock {
                library.place(ofChunkAt: corner.map { UInt64($0) }, in: dataset)?.offset
            }
        }
    }

    /// The bytes of one chunk, still shuffled if they were.
    struct Chunk {
        let bytes: UnsafeRawPointer
        let isShuffled: Bool
        var isBigEndian = false
    }

    /// Hands over the chunk at a corner, any number of threads at once. False for a chunk that nobody wrote,
    /// and for a damaged one: HDF5 knows what to say of it.
    func withChunk(at corner: [Int], _ body: (Chunk) -> Void) -> Bool {
        inflatedMemory.withMemory { memory in
            guard let chunk = chunk(at: corner, in: memory) else { return false }
            body(chunk)
            return true
        }
    }

    /// The same, of bytes that stay in `memory` until it is used again.
    func chunk(at corner: [Int], in memory: ReusedMemory) -> Chunk? {
        storedMemory.withMemory { scratch in
            switch storage {
            case .classic(let rows):
                let room = memory.room(for: rows.byteCount(at: corner))
                guard let base = room.baseAddress,
                    bytes?.copy(from: rows.offset(of: corner), into: room) == true
                else { return nil }
                return Chunk(bytes: UnsafeRawPointer(base), isShuffled: false, isBigEndian: true)
            case .hdf5(let library, let dataset, let filters, let hasPlaces):
                let corner = corner.map { UInt64($0) }
                let read =
                    hasPlaces
                    ? readInPlace(corner, library, dataset, scratch)
                    : readByLibrary(corner, library, dataset, scratch)
                return read.flatMap {
                    inflated(scratch, $0.byteCount, skipped: $0.skipped, filters, into: memory)
                }
            }
        }
    }

    private func readInPlace(
        _ corner: [UInt64], _ library: HDF5Library, _ dataset: HDF5Library.Dataset, _ scratch: ReusedMemory
    ) -> (byteCount: Int, skipped: UInt32)? {
        guard let place = HDF5Lock.withLock({ library.place(ofChunkAt: corner, in: dataset) }),
            bytes?.copy(
                from: place.offset, into: scratch.room(for: place.byteCount, slack: place.byteCount / 8))
                == true
        else { return nil }
        return (place.byteCount, place.skipped)
    }

    private func readByLibrary(
        _ corner: [UInt64], _ library: HDF5Library, _ dataset: HDF5Library.Dataset, _ scratch: ReusedMemory
    ) -> (byteCount: Int, skipped: UInt32)? {
        HDF5Lock.withLock {
            guard let count = library.byteCount(ofChunkAt: corner, in: dataset), count > 0,
                let room = scratch.room(for: count, slack: count / 8).baseAddress
            else { return nil }
            return library.read(chunkAt: corner, of: dataset, into: room).map { (count, $0) }
        }
    }

    private func inflated(
        _ stored: ReusedMemory, _ storedCount: Int, skipped: UInt32, _ filters: [Int32],
        into memory: ReusedMemory
    ) -> Chunk? {
        func isApplied(_ filter: Int32) -> Bool {
            filters.firstIndex(of: filter).map { skipped & (1 << UInt32($0)) == 0 } ?? false
        }
        let isShuffled = isApplied(Self.shuffle) && valueBytes > 1
        guard isApplied(Self.deflate) else {
            guard storedCount == byteCount else { return nil }
            memory.exchange(with: stored)
            return Chunk(bytes: memory.bytes, isShuffled: isShuffled)
        }
        let room = memory.room(for: byteCount)
        var count = 0
        let bytes = CPLZLibInflate(stored.bytes, storedCount, room.baseAddress, byteCount, &count)
        guard let bytes, count == byteCount else { return nil }
        return Chunk(bytes: UnsafeRawPointer(bytes), isShuffled: isShuffled)
    }
}
