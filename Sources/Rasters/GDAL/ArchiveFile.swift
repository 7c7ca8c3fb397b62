internal import CGDAL

/// A zip archive whose members are read in place, one at a time, through GDAL's `/vsizip/`.
///
/// Only the list of members is kept, so that an archive of thousands of files costs the memory of one.
public struct ArchiveFile: Sendable {
    /// A file inside an archive.
    public struct Member: Hashable, Sendable {
        /// The path inside the archive, folders separated by `/`.
        public let name: String
        /// The size after unpacking.
        public let byteCount: Int
        /// CRC-32 of the unpacked bytes; nil where the archive spells the name differently from GDAL.
        let checksum: UInt32?
    }

    public let path: String
    /// All files, without folders, in the order of their names.
    public let members: [Member]

    /// Reads the archive's directory. Throws when the file is absent, damaged, or no zip archive.
    public init(path: String) throws(RasterError) {
        try RasterError.checkExists(path, mayNameParts: false)
        GDALLibrary.prepare()
        guard let directory = VSIOpenDir(Self.root(of: path), -1, nil) else {
            throw RasterError(
                .unreadable, path: path, problem: "is not a zip archive, or damaged: copy it again")
        }
        defer { VSICloseDir(directory) }
        let checksums = try ZipDirectory(path: path).checksums
        var members: [Member] = []
        while let entry = VSIGetNextDirEntry(directory) {
            guard entry.pointee.nMode & Self.fileTypeBits != Self.folderType else { continue }
            let name = String(cString: entry.pointee.pszName)
            members.append(
                Member(name: name, byteCount: Int(entry.pointee.nSize), checksum: checksums[name]))
        }
        self.path = path
        self.members = members.sorted { $0.name < $1.name }
    }

    /// The unpacked bytes of a member. One that would unpack to more than `byteCountMax` is refused unread.
    public func read(_ member: Member, byteCountMax: Int) throws(RasterError) -> [UInt8] {
        let label = "\(path)/\(member.name)"
        guard member.byteCount <= byteCountMax else {
            throw RasterError(
                .unsupported, path: label,
                problem: "unpacks to \(member.byteCount) bytes, more than the \(byteCountMax) that are read")
        }
        GDALLibrary.prepare()
        guard let file = VSIFOpenL("\(Self.root(of: path))/\(member.name)", "rb") else {
            throw GDALLibrary.failure(.unreadable, label, cannot: "open it in the archive")
        }
        defer { VSIFCloseL(file) }
        guard member.byteCount > 0 else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: member.byteCount) { buffer, count in
            count = Int(VSIFReadL(buffer.baseAddress, 1, member.byteCount, file))
        }
        guard bytes.count == member.byteCount else {
            throw RasterError(
                .unreadable, path: label,
                problem: "ends after \(bytes.count) of \(member.byteCount) bytes: copy the archive again")
        }
        guard member.checksum.map({ $0 == bytes.crc32 }) ?? true else {
            throw RasterError(
                .unreadable, path: label, problem: "does not match its checksum: copy the archive again")
        }
        return bytes
    }

    /// `S_IFMT` and `S_IFDIR`, which GDAL uses on every system.
    private static let fileTypeBits: Int32 = 0o170000
    private static let folderType: Int32 = 0o040000

    /// Braces, because GDAL otherwise looks for the first `.zip` in the path.
    private static func root(of path: String) -> String { "/vsizip/{\(path)}" }
}
