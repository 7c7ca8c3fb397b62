import Foundation
@testable import Messaging
import Testing
import Tiling

@Suite struct FrameTests {
    @Test func everyMessageSurvivesTheWire() throws {
        for message in Samples.workerMessages {
            let bytes = try Frame.encode(message, byteCountMax: 1 << 20)
            #expect(try Frame.decodeReceived(bytes) == .fromWorker(message))
            #expect(throws: FrameError.self) { try Frame.decodeFromCoordinator(bytes) }
        }
        for message in Samples.coordinatorMessages {
            let bytes = try Frame.encode(message, byteCountMax: 1 << 20)
            #expect(try Frame.decodeFromCoordinator(bytes) == message)
            #expect(throws: FrameError.self) { try Frame.decodeReceived(bytes) }
        }
        for kind in ClientRequest.Kind.allCases {
            let request = ClientRequest(id: 7, kind: kind, body: [1, 2])
            let bytes = try Frame.encode(request, byteCountMax: 1 << 20)
            #expect(try Frame.decodeReceived(bytes) == .fromClient(request))
        }
    }

    @Test func aLongFrameIsNotMade() {
        #expect(throws: FrameError.self) {
            try Frame.encode(
                WorkerMessage.completed(Samples.attempt, receipt: [UInt8](repeating: 0, count: 2000)),
                byteCountMax: 1000)
        }
    }

    @Test func valuesThatCannotBeAreMalformed() throws {
        func isMalformed(_ change: (inout WireEnvelope) -> Void) throws -> Bool {
            var envelope = WireEnvelope()
            envelope.version = TilthProtocol.version
            change(&envelope)
            do {
                _ = try Frame.decodeReceived(Frame.bytes(of: envelope))
                return false
            } catch FrameError.malformed {
                return true
            }
        }
        #expect(try isMalformed { _ in }, "no message")
        #expect(try isMalformed { $0.hello = Samples.hello.with { $0.recipe.removeLast() } }, "short digest")
        #expect(try isMalformed { $0.hello = Samples.hello.with { $0.stages = [77] } }, "unknown stage")
        #expect(try isMalformed { $0.hello = Samples.hello.with { $0.workerID = "" } }, "no name")
        #expect(try isMalformed { $0.hello = Samples.hello.with { $0.untilEpochSeconds = .nan } }, "no time")
        #expect(try isMalformed { $0.completed = WireCompleted() }, "no attempt")
        #expect(try isMalformed { $0.request.kind = 4000 }, "unknown request")
        #expect(try !isMalformed { $0.hello = Samples.hello.wire })
    }

    @Test func otherVersionsAreRefusedAndUnderstandIt() throws {
        var envelope = WireEnvelope()
        envelope.version = 2
        envelope.hello = Samples.hello.wire
        let bytes = try Frame.bytes(of: envelope)
        #expect(throws: FrameError.otherVersion(2)) { try Frame.decodeReceived(bytes) }
        envelope.refused.why = "too old"
        #expect(try Frame.decodeFromCoordinator(Frame.bytes(of: envelope)) == .refused(why: "too old"))
        envelope.heard = WireNothing()
        let heard = try Frame.bytes(of: envelope)
        #expect(throws: FrameError.otherVersion(2)) { try Frame.decodeFromCoordinator(heard) }
    }

    /// Damaged frames may decode to something else or be refused, but never trap.
    @Test(arguments: [UInt64(1), 20161231]) func damagedFramesDoNoHarm(seed: UInt64) throws {
        var state = seed
        func random() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        let frames = try Samples.workerMessages.map { try Frame.encode($0, byteCountMax: .max) }
        var refusedCount = 0
        for turn in 0..<3000 {
            var bytes = frames[turn % frames.count]
            for _ in 0...(random() % 4) {
                bytes[random() % bytes.count] = UInt8(truncatingIfNeeded: random())
            }
            if random() % 3 == 0 { bytes.removeLast(random() % bytes.count) }
            if (try? Frame.decodeReceived(bytes)) == nil { refusedCount += 1 }
            _ = try? Frame.decodeFromCoordinator(bytes)
        }
        #expect(refusedCount > 300, "seed \(seed)")
    }
}

extension Hello {
    fileprivate func with(_ change: (inout WireHello) -> Void) -> WireHello {
        var wire = wire
        change(&wire)
        return wire
    }
}
