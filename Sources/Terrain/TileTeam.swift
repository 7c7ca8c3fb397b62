internal import Glibc
internal import Synchronization

/// Threads of one machine that work through tiles: the place of a cluster's workers.
struct TileTeam: Sendable {
    let threadCount: Int
    /// Called with what is being done, tiles done and all tiles, by one thread at a time.
    let progress: @Sendable (String, Int, Int) -> Void

    /// Results in the order of `tiles`; the first error ends the work.
    func map<Result: Sendable>(
        _ phase: String, _ tiles: [Int], _ body: @escaping @Sendable (Int) throws -> Result
    ) throws -> [Result] {
        let board = Board<Result>(count: tiles.count)
        let progress = progress
        let count = max(1, min(threadCount, tiles.count))
        let threads = (0..<count).map { _ in
            JoinableThread {
                while let place = board.take() {
                    do {
                        board.put(try body(tiles[place]), at: place) { progress(phase, $0, tiles.count) }
                    } catch {
                        board.fail(error)
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        return try board.results()
    }
}

/// What the threads share.
private final class Board<Result: Sendable>: Sendable {
    private struct State {
        var next = 0
        var doneCount = 0
        var results: [Result?]
        var error: (any Error)?
    }
    private let state: Mutex<State>

    init(count: Int) { state = Mutex(State(results: Array(repeating: nil, count: count))) }

    func take() -> Int? {
        state.withLock { state in
            guard state.error == nil, state.next < state.results.count else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    func put(_ result: Result, at place: Int, then: (Int) -> Void) {
        state.withLock { state in
            state.results[place] = result
            state.doneCount += 1
            then(state.doneCount)
        }
    }

    func fail(_ error: any Error) { state.withLock { $0.error = $0.error ?? error } }

    func results() throws -> [Result] {
        try state.withLock { state in
            if let error = state.error { throw error }
            return state.results.compactMap(\.self)
        }
    }
}

/// A thread that is gone, with all that libraries keep for it, when `join` returns.
private struct JoinableThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    private let handle: pthread_t
    private let isRunning: Bool

    init(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { memory in
                guard let memory else { return nil }
                Unmanaged<Body>.fromOpaque(memory).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        isRunning = code == 0
        self.handle = handle
        // Without another thread, this one does the work.
        if !isRunning { body.takeRetainedValue().run() }
    }

    func join() { if isRunning { pthread_join(handle, nil) } }
}
