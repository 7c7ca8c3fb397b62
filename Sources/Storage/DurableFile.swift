internal import Glibc
internal import Tiling

/// Files that are either there as a whole or not at all: write → fsync → rename → fsync of the folder.
public enum DurableFile {
    /// Writes bytes under a final name; on any error nothing is left behind and an older file stays as it
    /// was. `fence` is asked when all is written, and throws to keep the file from its name.
    public static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32 = 0o644, unless fence: RunDirectory.Fence? = nil
    ) throws(StorageError) {
        try makeFolder(folder(of: path))
        let temporary = temporaryName(for: path)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw StorageError("write", path, code: errno) }
        do throws(StorageError) {
            try writeAll(bytes, to: file, path: path)
            guard fsync(file) == 0 else { throw StorageError("flush", path, code: errno) }
            try fence?()
        } catch {
            close(file)
            unlink(temporary)
            throw error
        }
        close(file)
        try publish(temporary, as: path)
    }

    /// Writes text in UTF-8, as above.
    public static func write(_ text: String, to path: String, mode: UInt32 = 0o644) throws(StorageError) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// Gives a file that somebody else has written its final name, durably; `fence` as above.
    public static func adopt(
        temporary: String, as path: String, unless fence: RunDirectory.Fence? = nil
    ) throws(StorageError) {
        let file = open(temporary, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StorageError("find the finished file for", path, code: errno) }
        let flushed = fsync(file)
        let code = errno
        close(file)
        guard flushed == 0 else {
            unlink(temporary)
            throw StorageError("flush", path, code: code)
        }
        do throws(StorageError) {
            try fence?()
        } catch {
            unlink(temporary)
            throw error
        }
        try publish(temporary, as: path)
    }

    /// The whole content of a file.
    public static func read(_ path: String) throws(StorageError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StorageError("read", path, code: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StorageError("read", path, code: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Whether something is there under a name.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Removes a file that may not be there.
    public static func remove(_ path: String) { unlink(path) }

    /// Makes a folder and those above it; each new one survives a crash, as the files in it must.
    public static func makeFolder(_ path: String) throws(StorageError) {
        if isFolder(path) { return }
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? part : "/" + part
            if isFolder(made) { continue }
            if mkdir(made, 0o755) == 0 {
                try flushFolder(folder(of: made))
            } else if errno != EEXIST || !isFolder(made) {
                throw StorageError("make the folder", path, code: errno == EEXIST ? ENOTDIR : errno)
            }
        }
    }

    /// The names in a folder, in order; none when there is no such folder.
    public static func names(in folder: String) throws(StorageError) -> [String] {
        guard let handle = opendir(folder) else {
            guard errno != ENOENT else { return [] }
            throw StorageError("list", folder, code: errno)
        }
        defer { closedir(handle) }
        var names: [String] = []
        while true {
            // readdir tells an error from the end by errno alone.
            errno = 0
            guard let entry = readdir(handle) else { break }
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        guard errno == 0 else { throw StorageError("list", folder, code: errno) }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    static func writeAll(_ bytes: [UInt8], to file: Int32, path: String) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw StorageError("write", path, code: errno) }
            written += count
        }
    }

    /// The rename makes it visible; the folder's fsync makes the name survive a crash.
    private static func publish(_ temporary: String, as path: String) throws(StorageError) {
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw StorageError("write", path, code: code)
        }
        try flushFolder(folder(of: path))
    }

    static func flushFolder(_ path: String) throws(StorageError) {
        let handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw StorageError("flush the folder", path, code: errno) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw StorageError("flush the folder", path, code: errno) }
    }
}
