internal import Glibc

/// The bytes of a forest file, mapped or in memory, and typed views of its sections.
///
/// A mapped forest is shared by all workers of a node, and costs nothing until its pages are touched.
// @unchecked: the bytes are read-only for the whole life of the object, which alone releases them.
final class ForestImage: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Maps a file. Forest files are replaced by rename and never rewritten, so the pages cannot change
    /// underneath.
    init(mapping path: String) throws(ForestError) {
        func failure() -> ForestError { .unreadable(path: path, reason: String(cString: strerror(errno))) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "not a regular file")
        }
        // An empty file cannot be mapped.
        guard status.st_size > 0 else { throw .notAForest(path: path) }
        let byteCount = Int(status.st_size)
        guard let start = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else {
            throw failure()
        }
        bytes = UnsafeRawBufferPointer(start: start, count: byteCount)
        isMapped = true
    }

    /// Copies bytes that were just built.
    init(copying source: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(source.count, 1), alignment: 64)
        copy.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(start: copy.baseAddress, count: source.count)
        isMapped = false
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            bytes.deallocate()
        }
    }

    /// A section as an array of fixed-size elements. The header's arithmetic has been checked against the
    /// file's length.
    func section<Element>(_ type: Element.Type, at offset: Int, count: Int) -> UnsafeBufferPointer<Element> {
        precondition(offset % MemoryLayout<Element>.alignment == 0)
        precondition(offset + count * MemoryLayout<Element>.stride <= bytes.count)
        return UnsafeRawBufferPointer(rebasing: bytes[offset...]).baseAddress.map {
            UnsafeBufferPointer(start: $0.assumingMemoryBound(to: Element.self), count: count)
        } ?? UnsafeBufferPointer(start: nil, count: 0)
    }
}
