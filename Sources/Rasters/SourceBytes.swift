internal import Foundation
internal import Glibc
public import Tiling

/// The bytes of a source file, read from its front to its end, once: what decoding asks for is handed out on
/// the way, and all of it goes into the digest of the file.
///
/// Reading ahead of the front hashes what lies between. The threads of a team ask for chunks that lie side by
/// side not quite in order, so the last of what was passed over is kept for them; what lies further behind is
/// read again. Memory is `keptBytesMax`; the file is open only between the first question and `pause` or
/// `digest`.
public final class SourceBytes {
    /// Absolute.
    public let path: String
    private let lock = NSLock()
    private var state = State()

    private static let pieceBytes = 1 << 20
    private static let keptBytesMax = 32 << 20
    private static let spareMax = 2

    private struct State {
        var file: Int32 = -1
        var hasher = Digest.Hasher()
        /// All bytes before it are in the digest.
        var front = 0
        /// What was passed over, the oldest first.
        var kept: [Kept] = []
        var keptByteCount = 0
        /// Memory of those that were handed out.
        var spare: [ReusedMemory] = []
        /// What the system handed over.
        var readByteCount = 0
    }

    private struct Kept {
        let offset: Int
        let byteCount: Int
        let memory: ReusedMemory
    }

    /// Opens nothing yet.
    public init(path: String) { self.path = path }

    deinit { finish(&state) }

    /// Copies a part of the file; false where it ends before, or cannot be read: those who read it in another
    /// way will hear why.
    func copy(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        lock.withLock {
            guard offset >= 0, open(&state) else { return false }
            if offset >= state.front {
                guard pass(to: offset, &state), read(at: offset, into: buffer, &state) == buffer.count else {
                    return false
                }
                state.hasher.update(UnsafeRawBufferPointer(buffer))
                state.front = offset + buffer.count
                return true
            }
            let end = offset + buffer.count
            if let place = state.kept.firstIndex(where: {
                $0.offset <= offset && end <= $0.offset + $0.byteCount
            }) {
                let known = state.kept[place]
                let start = known.memory.bytes + (offset - known.offset)
                buffer.copyMemory(from: UnsafeRawBufferPointer(start: start, count: buffer.count))
                // Chunks are asked for once.
                if known.byteCount == buffer.count { drop(place, &state) }
                return true
            }
            return read(at: offset, into: buffer, &state) == buffer.count
        }
    }

    /// Closes the file until somebody asks again.
    public func pause() { lock.withLock { finish(&state) } }

    /// Reads what nobody asked for, and returns the SHA-256 of all bytes. Asked once.
    public func digest() throws(RasterError) -> Digest {
        let (digest, code) = lock.withLock { () -> (Digest?, Int32) in
            errno = 0
            let isWhole = open(&state) && pass(to: .max, &state)
            let code = errno
            finish(&state)
            return (isWhole ? state.hasher.finish() : nil, code)
        }
        if let digest { return digest }
        throw RasterError(
            .unreadable, path: path, problem: "cannot be read: \(String(cString: strerror(code)))",
            isRetriable: RasterError.mayPass(code))
    }

    /// What was read so far, bytes that were read again included.
    var readByteCount: Int { lock.withLock { state.readByteCount } }

    private func open(_ state: inout State) -> Bool {
        if state.file < 0 { state.file = Glibc.open(path, O_RDONLY | O_CLOEXEC) }
        return state.file >= 0
    }

    private func finish(_ state: inout State) {
        if state.file >= 0 { close(state.file) }
        (state.file, state.kept, state.keptByteCount, state.spare) = (-1, [], 0, [])
    }

    /// Hashes up to a place, or to the end of the file where that comes first; false when it cannot be read.
    private func pass(to offset: Int, _ state: inout State) -> Bool {
        guard state.front < offset else { return true }
        let isKept = offset - state.front <= Self.keptBytesMax / 4
        let length = isKept ? offset - state.front : min(Self.pieceBytes, offset - state.front)
        let memory = state.spare.popLast() ?? ReusedMemory()
        // Chunks are nearly of one size.
        let room = memory.room(for: length, slack: length / 8)
        while state.front < offset {
            let front = state.front
            let piece = UnsafeMutableRawBufferPointer(rebasing: room[..<min(length, offset - front)])
            let count = read(at: front, into: piece, &state)
            guard count >= 0 else { return false }
            state.hasher.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            state.front += count
            if isKept {
                keep(Kept(offset: front, byteCount: count, memory: memory), &state)
                return count == piece.count
            }
            if count < piece.count { return offset == .max }
        }
        state.spare.append(memory)
        return true
    }

    private func keep(_ part: Kept, _ state: inout State) {
        state.kept.append(part)
        state.keptByteCount += part.byteCount
        while state.keptByteCount > Self.keptBytesMax { drop(0, &state) }
    }

    private func drop(_ place: Int, _ state: inout State) {
        let part = state.kept.remove(at: place)
        state.keptByteCount -= part.byteCount
        if state.spare.count < Self.spareMax { state.spare.append(part.memory) }
    }

    /// Bytes read, fewer at the end of the file; -1 with `errno`.
    private func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ state: inout State) -> Int
    {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let count = pread(state.file, base + done, buffer.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return -1 }
            if count == 0 { break }
            done += count
            state.readByteCount += count
        }
        return done
    }
}
