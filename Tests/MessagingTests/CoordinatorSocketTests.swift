@testable import Messaging
import Testing
import Tiling

@Suite struct CoordinatorSocketTests {
    @Test func everyMessageArrivesBothWays() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let peer = try RawPeer("w", to: socket.addresses[0])
        for message in Samples.workerMessages { try peer.say(message) }
        #expect(
            try socket.gather(Samples.workerMessages.count)
                == Samples.workerMessages.map { .fromWorker(peer.id, $0) })
        for message in Samples.coordinatorMessages { try socket.send(message, to: peer.id) }
        for message in Samples.coordinatorMessages { #expect(try peer.hear() == message) }
    }

    @Test func aTakenPortIsNamed() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let error = #expect(throws: MessagingError.self) {
            try CoordinatorSocket(bind: socket.addresses[0], keys: nil)
        }
        let text = try #require(error).description
        #expect(text.contains(socket.addresses[0]) && text.contains("taken"), "\(text)")
    }

    @Test(arguments: [
        "tcp://127.0.0.1", "127.0.0.1:5555", "tcp://127.0.0.1:99999", "ipc:///tmp/x", "tcp://[::1]:0",
    ])
    func addressesThatAreNoneAreNamed(address: String) throws {
        let error = #expect(throws: MessagingError.self) { try CoordinatorSocket(bind: address, keys: nil) }
        #expect(try #require(error).description.contains(address))
    }

    @Test func offLoopbackNeedsKeys() throws {
        let error = #expect(throws: MessagingError.self) {
            try CoordinatorSocket(bind: "tcp://*:0", keys: nil)
        }
        #expect(try #require(error).description.contains("CURVE"))
    }

    @Test func allInterfacesAreListedLoopbackLast() throws {
        let listening = try ListeningAddress("tcp://*:0")
        let addresses = listening.reachableAddresses(bound: "tcp://0.0.0.0:4711")
        #expect(addresses.last == "tcp://127.0.0.1:4711")
        #expect(addresses.allSatisfy { $0.hasPrefix("tcp://") && $0.hasSuffix(":4711") })
        #expect(try ListeningAddress("tcp://localhost:0").isLoopback)
    }

    @Test func endpointsAreTriedNearestFirst() {
        let endpoint = CoordinatorEndpoint(
            addresses: ["tcp://10.1.0.1:1", "tcp://192.168.0.1:1", "tcp://127.0.0.1:1"], publicKey: nil,
            epoch: 1,
            host: "head", pid: 1)
        #expect(endpoint.addressesToTry(from: "head").first == "tcp://127.0.0.1:1")
        #expect(endpoint.addressesToTry(from: "node7") == endpoint.addresses)
    }

    @Test func aMalformedFrameMutesOnlyItsSender() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let bad = try RawPeer("bad", to: socket.addresses[0])
        let good = try RawPeer("good", to: socket.addresses[0])
        try bad.say(.hello(Samples.hello))
        try good.say(.hello(Samples.bareHello))
        #expect(try socket.gather(2).count == 2)

        try bad.say(bytes: [0xff, 0xff, 0xff])
        guard case .malformed(bad.id, _)? = try socket.gather(1).first else {
            Issue.record("the malformed frame was not reported")
            return
        }
        try bad.say(.heartbeat(credits: 1, held: []))
        try bad.say(bytes: [0xff])
        #expect(try socket.gatherForAWhile() == [], "muted, and reported once")
        try good.say(.draining)
        #expect(try socket.gather(1) == [.fromWorker(good.id, .draining)])

        try bad.say(.hello(Samples.hello))
        try bad.say(.draining)
        #expect(
            try socket.gather(2)
                == [.fromWorker(bad.id, .hello(Samples.hello)), .fromWorker(bad.id, .draining)])
    }

    @Test func severalFramesAreMalformed() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let peer = try RawPeer("many", to: socket.addresses[0])
        try peer.socket.send([1], hasMore: true)
        try peer.socket.send([2])
        guard case .malformed(peer.id, let why)? = try socket.gather(1).first else {
            Issue.record("two frames were taken for one")
            return
        }
        #expect(why.contains("2 frames"))
    }

    @Test func aWorkerOfAnotherVersionIsToldSo() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let peer = try RawPeer("old", to: socket.addresses[0])
        var envelope = WireEnvelope()
        envelope.version = 99
        envelope.hello = Samples.hello.wire
        try peer.say(bytes: Frame.bytes(of: envelope))
        guard case .malformed(peer.id, _)? = try socket.gather(1).first else {
            Issue.record("version 99 was taken")
            return
        }
        guard case .refused(let why)? = try peer.hear() else {
            Issue.record("the worker was not told")
            return
        }
        #expect(why.contains("99"))
    }

    @Test func anOversizeFrameCostsItsSenderOnly() throws {
        let socket = try CoordinatorSocket(bind: "tcp://127.0.0.1:0", keys: nil, frameByteCountMax: 4096)
        let big = try RawPeer("big", to: socket.addresses[0])
        let good = try RawPeer("good", to: socket.addresses[0])
        try big.say(.draining)
        try good.say(.draining)
        #expect(try socket.gather(2).count == 2)
        try big.say(bytes: [UInt8](repeating: 0, count: 5000))
        // libzmq closes the connection at once, and this raw peer connects anew.
        let after = try socket.gather(1, seconds: 0.5)
        #expect(after == [] || after == [.disconnected(big.id)])
        try good.say(.goodbye)
        #expect(try socket.gather(1) == [.fromWorker(good.id, .goodbye)])
        #expect(throws: MessagingError.self) {
            try socket.send(.assign(Samples.attempt, order: [UInt8](repeating: 0, count: 5000)), to: good.id)
        }
    }

    @Test func aLostPeerIsSeenWithinASecond() throws {
        let socket = try CoordinatorSocket.onLoopback()
        let stays = try RawPeer("stays", to: socket.addresses[0])
        try stays.say(.hello(Samples.bareHello))
        let id: PeerID
        do {
            let leaves = try RawPeer("leaves", to: socket.addresses[0])
            id = leaves.id
            try leaves.say(.hello(Samples.hello))
            #expect(try socket.gather(2).count == 2)
            try leaves.say(.draining)
        }
        let closedAt = ContinuousClock.now
        #expect(try socket.gather(2) == [.fromWorker(id, .draining), .disconnected(id)])
        #expect(closedAt.duration(to: .now) < .seconds(10))
        #expect(try socket.gatherForAWhile() == [], "nobody else is lost, and it is lost once")
        let error = #expect(throws: MessagingError.self) { try socket.send(.heard, to: id) }
        #expect(try #require(error).isRetriable)
    }

    @Test func thePollCanBeWoken() throws {
        let socket = try CoordinatorSocket.onLoopback()
        socket.waker.wake()
        #expect(try socket.poll(milliseconds: 5000) == [.woken])
        #expect(try socket.poll(milliseconds: 1) == [])
    }
}
