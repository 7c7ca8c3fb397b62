internal import Foundation

/// A queue between two threads. `pop` waits for an element; after `close` it hands out the rest, then nil.
public final class BlockingQueue<Element: Sendable>: Sendable {
    private let condition = NSCondition()
    // Guarded by `condition`.
    private nonisolated(unsafe) var elements: [Element] = []
    // Guarded by `condition`.
    private nonisolated(unsafe) var isClosed = false
    private let capacity: Int

    public init(capacity: Int = .max) { self.capacity = capacity }

    /// Appends an element, waiting while the queue is full.
    public func push(_ element: Element) {
        condition.withLock {
            while elements.count >= capacity && !isClosed { condition.wait() }
            elements.append(element)
            condition.broadcast()
        }
    }

    /// Waits while the queue is full, for the one who makes elements only when there is room for them.
    public func waitForRoom() {
        condition.withLock {
            while elements.count >= capacity && !isClosed { condition.wait() }
        }
    }

    /// The next element, nil once the queue is closed and empty.
    public func pop() -> Element? {
        condition.withLock {
            while elements.isEmpty && !isClosed { condition.wait() }
            guard !elements.isEmpty else { return nil }
            condition.broadcast()
            return elements.removeFirst()
        }
    }

    /// Takes out what nobody has begun and the predicate names.
    public func removeAll(where shouldRemove: (Element) -> Bool) -> [Element] {
        condition.withLock {
            let removed = elements.filter(shouldRemove)
            elements.removeAll(where: shouldRemove)
            condition.broadcast()
            return removed
        }
    }

    /// Wakes everybody: nothing more will come.
    public func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }
}
