internal import Synchronization

/// A queue into one thread, which may also wait for other things: the descriptor is readable when something
/// came.
final class Mailbox<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    private let isNudged = Atomic(false)
    private let waker: Waker

    init() throws(MessagingError) { waker = try Waker() }

    var fileDescriptor: Int32 { waker.fileDescriptor }

    func push(_ element: Element) {
        elements.withLock { $0.append(element) }
        waker.wake()
    }

    /// Ends a wait with nothing. Takes no lock, so a signal handler may call it.
    func nudge() {
        isNudged.store(true, ordering: .releasing)
        waker.wake()
    }

    /// All that has come; never waits.
    func takeAll() -> [Element] {
        _ = waker.take()
        return elements.withLock { elements in
            defer { elements = [] }
            return elements
        }
    }

    /// The next element, nil when it was nudged or the time is over.
    func pop(timeoutSeconds: Double) -> Element? {
        let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
        while true {
            if let first = elements.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return first }
            if isNudged.exchange(false, ordering: .acquiring) { return nil }
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return nil }
            waker.wait(milliseconds: left.millisecondsRoundedUp)
            _ = waker.take()
        }
    }
}

extension Duration {
    /// Never zero before the time is over, so that loops do not spin.
    var millisecondsRoundedUp: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000) + 1
    }
}
