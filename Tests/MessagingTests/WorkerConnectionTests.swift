import Glibc
@testable import Messaging
import Synchronization
import Testing
import Tiling

@Suite struct WorkerConnectionTests {
    /// What stands in coordinator.json, for tests that change it.
    private final class Place: Sendable {
        private let endpoint = Mutex<CoordinatorEndpoint?>(nil)
        init(_ endpoint: CoordinatorEndpoint?) { set(endpoint) }
        func set(_ endpoint: CoordinatorEndpoint?) { self.endpoint.withLock { $0 = endpoint } }
        func connect(_ change: (inout WorkerConnection.Settings) -> Void = { _ in }) throws
            -> WorkerConnection
        {
            var settings = WorkerConnection.Settings(name: "w", keys: nil)
            settings.retrySeconds = 0.05
            settings.connectSeconds = 0.5
            change(&settings)
            return try WorkerConnection(settings: settings) { self.endpoint.withLock { $0 } }
        }
    }

    /// Hears one thing after the other, apart from heartbeats.
    private final class Ear {
        private let socket: CoordinatorSocket
        private var waiting: [(PeerID, WorkerMessage)] = []

        init(_ socket: CoordinatorSocket) { self.socket = socket }

        func next() throws -> (PeerID, WorkerMessage)? {
            let deadline = ContinuousClock.now + .seconds(3)
            while waiting.isEmpty, ContinuousClock.now < deadline {
                for case .fromWorker(let peer, let message) in try socket.poll(milliseconds: 20) {
                    if case .heartbeat = message { continue }
                    waiting.append((peer, message))
                }
            }
            return waiting.isEmpty ? nil : waiting.removeFirst()
        }
    }

    @Test func heartbeatsTellTheLatest() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let connection = try Place(socket.endpoint()).connect { $0.heartbeatSeconds = 0.05 }
        #expect(connection.receive(timeoutSeconds: 3) == .connected)
        #expect(try socket.gatherForAWhile() == [], "no heartbeat before the hello")
        connection.send(.hello(Samples.bareHello))
        let greeting = try socket.gather(2)
        guard case .fromWorker(let peer, .hello(Samples.bareHello))? = greeting.first else {
            Issue.record("\(greeting)")
            return
        }
        #expect(greeting.dropFirst().first == .fromWorker(peer, .heartbeat(credits: 1, held: [])))
        connection.setHeld([Samples.attempt], credits: 4)
        #expect(
            try socket.gather(3).last == .fromWorker(peer, .heartbeat(credits: 4, held: [Samples.attempt])))
        try socket.send(.welcome(epoch: 1, heartbeatSeconds: 60), to: peer)
        #expect(
            connection.receive(timeoutSeconds: 3) == .message(.welcome(epoch: 1, heartbeatSeconds: 60)))
        _ = try socket.gatherForAWhile()
        #expect(try socket.gatherForAWhile() == [], "the welcome said how often")
    }

    @Test func aCoordinatorThatComesBackElsewhereIsFollowed() throws {
        var first: CoordinatorSocket? = try CoordinatorSocket.onLoopback()
        let place = Place(first?.endpoint(epoch: 1))
        let connection = try place.connect()
        #expect(connection.receive(timeoutSeconds: 3) == .connected)
        connection.send(.hello(Samples.hello))
        let before = try Ear(try #require(first)).next()
        #expect(before?.1 == .hello(Samples.hello))

        first?.close(flushMilliseconds: 0)
        first = nil
        // Said while nobody listens: the next hello tells of it.
        while connection.trouble == nil { usleep(1000) }
        connection.send(.draining)
        #expect(connection.receive(timeoutSeconds: 0.2) == nil)

        let second = try CoordinatorSocket.onLoopback()
        place.set(second.endpoint(epoch: 2))
        #expect(connection.receive(timeoutSeconds: 3) == .connected)
        // From a compute thread that did not wait for the hello.
        connection.send(.completed(Samples.attempt, receipt: [1]))
        connection.send(.hello(Samples.hello))
        let ear = Ear(second)
        let after = try ear.next()
        #expect(after?.1 == .hello(Samples.hello), "the hello comes first")
        #expect(after?.0 == before?.0, "a worker keeps its identity")
        #expect(try ear.next()?.1 == .completed(Samples.attempt, receipt: [1]))
        #expect(connection.trouble == nil)

        // An old file must not lead back to a coordinator of the past.
        let past = try CoordinatorSocket.onLoopback()
        place.set(past.endpoint(epoch: 1))
        second.close(flushMilliseconds: 0)
        #expect(connection.receive(timeoutSeconds: 0.4) == nil)
        #expect(connection.trouble?.contains("epoch") == true)
    }

    @Test func aSilentCoordinatorIsLeft() throws {
        let silent = try CoordinatorSocket.onLoopback()
        let connection = try Place(silent.endpoint()).connect {
            $0.heartbeatSeconds = 0.05
            $0.silenceSeconds = 0.2
        }
        #expect(connection.receive(timeoutSeconds: 3) == .connected)
        connection.send(.hello(Samples.hello))
        #expect(connection.receive(timeoutSeconds: 3) == .connected, "nothing was answered: connected anew")
        connection.send(.hello(Samples.bareHello))
        let ear = Ear(silent)
        var greeting = try #require(try ear.next())
        let peer = greeting.0
        // The first connection's hello may still be heard, and if so under the same name.
        if greeting.1 == .hello(Samples.hello) { greeting = try #require(try ear.next()) }
        #expect(greeting == (peer, .hello(Samples.bareHello)))
        let deadline = ContinuousClock.now + .seconds(0.6)
        while ContinuousClock.now < deadline {
            _ = try silent.poll(milliseconds: 20)
            try silent.send(.heard, to: peer)
            #expect(connection.receive(timeoutSeconds: 0) != .connected, "one that answers is kept")
        }
    }

    @Test func aCoordinatorThatLeftInGoodOrderHasVanished() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let place = Place(nil)
        let connection = try place.connect()
        #expect(connection.receive(timeoutSeconds: 0.2) == nil, "one that never was has not vanished")
        place.set(socket.endpoint())
        #expect(connection.receive(timeoutSeconds: 3) == .connected)
        connection.send(.hello(Samples.hello))
        let peer = try #require(try Ear(socket).next()).0
        place.set(nil)
        try socket.send(.finish(why: "done"), to: peer)
        socket.close(flushMilliseconds: 1000)
        #expect(
            connection.receive(timeoutSeconds: 3) == .message(.finish(why: "done")), "flushed before the end")
        #expect(connection.receive(timeoutSeconds: 3) == .vanished)
        #expect(connection.receive(timeoutSeconds: 0.2) == nil, "said once")
    }

    @Test func closingSendsWhatIsQueuedAndIsSeen() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let connection = try Place(socket.endpoint()).connect()
        #expect(connection.receive(timeoutSeconds: 3) == .connected)
        connection.send(.hello(Samples.hello))
        connection.send(.goodbye)
        connection.close()
        let all = try socket.gather(3)
        guard case .fromWorker(let peer, .hello)? = all.first else {
            Issue.record("\(all)")
            return
        }
        #expect(all.dropFirst() == [.fromWorker(peer, .goodbye), .disconnected(peer)])
    }

    @Test func aReceiptThatFitsNoFrameIsAFailure() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let connection = try Place(socket.endpoint()).connect { $0.frameByteCountMax = 1000 }
        #expect(connection.receive(timeoutSeconds: 3) == .connected)
        connection.send(.hello(Samples.bareHello))
        let ear = Ear(socket)
        #expect(try ear.next() != nil)
        connection.send(.completed(Samples.attempt, receipt: [UInt8](repeating: 0, count: 2000)))
        guard case .failed(Samples.attempt, isRetriable: false, let cause)? = try ear.next()?.1 else {
            Issue.record("the receipt was lost")
            return
        }
        #expect(cause.contains("receipt") && cause.contains("1000"))
    }

    @Test func receivingCanBeWoken() throws {
        let connection = try Place(nil).connect()
        connection.wake()
        let began = ContinuousClock.now
        #expect(connection.receive(timeoutSeconds: 60) == nil)
        #expect(began.duration(to: .now) < .seconds(10))
    }

    @Test func thePulseIsArithmetic() {
        let start = ContinuousClock.now
        var pulse = LinkPulse(heartbeat: .seconds(2), silence: .seconds(5), now: start)
        #expect(!pulse.isDue(at: start + .seconds(1.9)) && pulse.isDue(at: start + .seconds(2)))
        #expect(!pulse.isSilent(at: start + .seconds(5.9)) && pulse.isSilent(at: start + .seconds(6)))
        #expect(pulse.wait(from: start + .seconds(1.5)) == .seconds(0.5))
        pulse.heard(at: start + .seconds(1), newHeartbeatSeconds: 1)
        pulse.spoke(at: start + .seconds(2))
        #expect(pulse.isDue(at: start + .seconds(3)) && !pulse.isSilent(at: start + .seconds(5.9)))
        #expect(pulse.isSilent(at: start + .seconds(6)))
        #expect(pulse.wait(from: start + .seconds(9)) == .zero)
    }
}
