internal import Glibc
public import Tiling

/// What a file holds, by its digest.
public enum FileDigest {
    /// SHA-256 of a file's bytes, read in parts.
    public static func sha256(ofFile path: String) throws(StorageError) -> Digest {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StorageError("read", path, code: errno) }
        defer { close(file) }
        var hasher = Digest.Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(file, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StorageError("read", path, code: errno) }
            if count == 0 { return hasher.finish() }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Size and time of the last change, in bytes and seconds since 1970.
    public static func facts(ofFile path: String) throws(StorageError) -> (byteCount: Int, modifiedAt: Double)
    {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw StorageError("read", path, code: errno) }
        return (Int(facts.st_size), Double(facts.st_mtim.tv_sec) + Double(facts.st_mtim.tv_nsec) * 1e-9)
    }

    /// Everything that a receipt says about an input; `path` is relative to `root`. Without `hashing` its
    /// digest is left to who reads it.
    public static func inputFile(
        path: String, relativeTo root: String, hashing: Bool = true
    ) throws(StorageError) -> InputFile {
        let absolute = path.hasPrefix("/") ? path : "\(root)/\(path)"
        let (byteCount, modifiedAt) = try facts(ofFile: absolute)
        return InputFile(
            path: path, byteCount: byteCount, modifiedAt: modifiedAt,
            sha256: hashing ? try sha256(ofFile: absolute) : nil)
    }
}
