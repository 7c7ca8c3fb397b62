internal import Glibc

/// A file with one CURVE key pair, which only its owner can read.
public enum CurveKeyFile {
    /// Writes a new key file with mode 0600; an existing one is never overwritten.
    public static func write(_ keys: CurveKeys, to path: String) throws {
        let text = "tilth CURVE key pair, version 1\npublic \(keys.publicKey)\nsecret \(keys.secretKey)\n"
        // Written aside and linked, so that nobody sees half a file and two writers cannot both win.
        let temporary = "\(path).new-\(getpid())"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw systemError(path) }
        defer { unlink(temporary) }
        var written = text.withCString { Glibc.write(file, $0, text.utf8.count) } == text.utf8.count
        written = fsync(file) == 0 && written
        written = close(file) == 0 && written
        guard written, link(temporary, path) == 0 else { throw systemError(path) }
    }

    /// Reads a key file, and refuses one that others can read.
    public static func read(_ path: String) throws -> CurveKeys {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw systemError(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw systemError(path) }
        guard status.st_mode & 0o077 == 0 else {
            throw MessagingError.badKeyFile(
                path: path, why: "other users can read this key file: run `chmod 600 \(path)`")
        }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw systemError(path) }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        func key(_ name: String) -> String? {
            lines.first { $0.hasPrefix("\(name) ") }.map { String($0.dropFirst(name.count + 1)) }
        }
        guard let publicKey = key("public"), let secretKey = key("secret"),
            let keys = CurveKeys(publicKey: publicKey, secretKey: secretKey)
        else {
            throw MessagingError.badKeyFile(
                path: path,
                why: "not a CURVE key file (lines `public KEY` and `secret KEY`): make the keys anew")
        }
        return keys
    }

    private static func systemError(_ path: String) -> MessagingError {
        .badKeyFile(path: path, why: String(cString: strerror(errno)))
    }
}
