import Execution
import Foundation
import Synchronization
import Testing

/// Queues between threads.
@Suite struct BlockingQueueTests {
    /// What is being made and what waits are never more than the queue holds.
    @Test func whoWaitsForRoomMakesNothingTooEarly() {
        let queue = BlockingQueue<Int>(capacity: 1)
        let made = Atomic<Int>(0)
        let maker = Thread {
            for number in 0..<50 {
                queue.waitForRoom()
                made.add(1, ordering: .sequentiallyConsistent)
                queue.push(number)
            }
            queue.close()
        }
        maker.start()
        var taken = 0
        while let next = queue.pop() {
            #expect(next == taken)
            taken += 1
            // The maker has had time for more than the next one.
            if taken % 10 == 0 { Thread.sleep(forTimeInterval: 0.01) }
            #expect(made.load(ordering: .sequentiallyConsistent) <= taken + 1)
        }
        #expect(taken == 50)
        queue.waitForRoom()
    }
}
