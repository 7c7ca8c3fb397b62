internal import Glibc

/// The calls of HDF5 that netCDF has no name for: those that hand out a chunk as it lies in the file.
///
/// Looked up by name, because HDF5 comes with netCDF and is not linked by us. All of them are used under
/// `HDF5Lock`.
struct HDF5Library {
    /// `hid_t`, 64 bits since HDF5 1.10; below 0 means failure.
    typealias Identifier = Int64
    private typealias Create = @convention(c) (Identifier) -> Identifier
    private typealias SetNumber = @convention(c) (Identifier, Int32) -> Int32
    private typealias Open = @convention(c) (UnsafePointer<CChar>, UInt32, Identifier) -> Identifier
    private typealias OpenIn = @convention(c) (Identifier, UnsafePointer<CChar>, Identifier) -> Identifier
    private typealias Close = @convention(c) (Identifier) -> Int32
    private typealias Filter =
        @convention(c) (
            Identifier, UInt32, UnsafeMutablePointer<UInt32>?, UnsafeMutablePointer<Int>?,
            UnsafeMutablePointer<UInt32>?, Int, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<UInt32>?
        ) -> Int32
    private typealias ChunkSize =
        @convention(c) (Identifier, UnsafePointer<UInt64>, UnsafeMutablePointer<UInt64>) -> Int32
    private typealias ReadChunk =
        @convention(c) (
            Identifier, Identifier, UnsafePointer<UInt64>, UnsafeMutablePointer<UInt32>,
            UnsafeMutableRawPointer
        ) -> Int32

    private typealias ChunkPlace =
        @convention(c) (
            Identifier, UnsafePointer<UInt64>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt64>,
            UnsafeMutablePointer<UInt64>
        ) -> Int32

    /// Nil where the library is older than 1.10.3, or lacks one of the names.
    static let shared = HDF5Library()

    private let fileAccess: Identifier
    private let createList: Create
    private let setCloseDegree: SetNumber
    private let closeList: Close
    private let openFile: Open
    private let closeFile: Close
    private let openDataset: OpenIn
    private let closeDataset: Close
    private let creationList: Create
    private let filterCount: Close
    private let filter: Filter
    private let chunkSize: ChunkSize
    private let readChunk: ReadChunk
    /// Since 1.10.5.
    private let chunkPlace: ChunkPlace?

    private init?() {
        func named<Function>(_ name: String, _ type: Function.Type) -> Function? {
            dlsym(nil, name).map { unsafeBitCast($0, to: type) }
        }
        // The number of a class is known once the library is open, which netCDF has seen to.
        guard let list = dlsym(nil, "H5P_CLS_FILE_ACCESS_ID_g"),
            let createList = named("H5Pcreate", Create.self),
            let setCloseDegree = named("H5Pset_fclose_degree", SetNumber.self),
            let closeList = named("H5Pclose", Close.self), let openFile = named("H5Fopen", Open.self),
            let closeFile = named("H5Fclose", Close.self), let openDataset = named("H5Dopen2", OpenIn.self),
            let closeDataset = named("H5Dclose", Close.self),
            let creationList = named("H5Dget_create_plist", Create.self),
            let filterCount = named("H5Pget_nfilters", Close.self),
            let filter = named("H5Pget_filter2", Filter.self),
            let chunkSize = named("H5Dget_chunk_storage_size", ChunkSize.self),
            let readChunk = named("H5Dread_chunk", ReadChunk.self)
        else { return nil }
        fileAccess = list.load(as: Identifier.self)
        self.createList = createList
        self.setCloseDegree = setCloseDegree
        self.closeList = closeList
        self.openFile = openFile
        self.closeFile = closeFile
        self.openDataset = openDataset
        self.closeDataset = closeDataset
        self.creationList = creationList
        self.filterCount = filterCount
        self.filter = filter
        self.chunkSize = chunkSize
        self.readChunk = readChunk
        chunkPlace = named("H5Dget_chunk_info_by_coord", ChunkPlace.self)
    }

    /// A dataset, and the file that is held open for it.
    struct Dataset {
        fileprivate let file: Identifier
        fileprivate let dataset: Identifier
    }

    /// Opens a dataset of the root group of a file that netCDF has open as well.
    func open(_ name: String, inFile path: String) -> Dataset? {
        let access = createList(fileAccess)
        guard access >= 0 else { return nil }
        defer { _ = closeList(access) }
        // A file that is open is opened again only with the same close degree: the default, or strong or semi
        // in other builds of netCDF.
        for degree: Int32 in [0, 3, 2] {
            guard setCloseDegree(access, degree) >= 0 else { continue }
            let file = openFile(path, 0, access)
            guard file >= 0 else { continue }
            let dataset = openDataset(file, "/\(name)", 0)
            if dataset >= 0 { return Dataset(file: file, dataset: dataset) }
            _ = closeFile(file)
        }
        return nil
    }

    func close(_ opened: Dataset) {
        _ = closeDataset(opened.dataset)
        _ = closeFile(opened.file)
    }

    /// The numbers of the filters that a value went through when it was written, in that order.
    func filters(of opened: Dataset) -> [Int32]? {
        let list = creationList(opened.dataset)
        guard list >= 0 else { return nil }
        defer { _ = closeList(list) }
        let count = filterCount(list)
        guard count >= 0 else { return nil }
        return (0..<UInt32(count)).map { number in
            var parameterCount = 0
            return filter(list, number, nil, &parameterCount, nil, 0, nil, nil)
        }
    }

    /// Bytes of the chunk at a corner as it is stored; 0 for one that nobody wrote.
    func byteCount(ofChunkAt corner: [UInt64], in opened: Dataset) -> Int? {
        var count: UInt64 = 0
        return chunkSize(opened.dataset, corner, &count) < 0 ? nil : Int(count)
    }

    /// Where the chunk at a corner lies in a file without user block, and the bits of the filters that were
    /// left out for it; nil for one that nobody wrote. The library walks through all chunks for it.
    func place(
        ofChunkAt corner: [UInt64], in opened: Dataset
    ) -> (offset: Int, byteCount: Int, skipped: UInt32)? {
        var (skipped, offset, byteCount) = (UInt32(0), UInt64.max, UInt64(0))
        guard let chunkPlace, chunkPlace(opened.dataset, corner, &skipped, &offset, &byteCount) >= 0,
            byteCount > 0, let start = Int(exactly: offset)
        else { return nil }
        return (start, Int(byteCount), skipped)
    }

    /// Copies the stored bytes of a chunk; gives the bits of the filters that were left out for it.
    func read(chunkAt corner: [UInt64], of opened: Dataset, into bytes: UnsafeMutableRawPointer) -> UInt32? {
        var skipped: UInt32 = 0
        return readChunk(opened.dataset, 0, corner, &skipped, bytes) < 0 ? nil : skipped
    }
}
