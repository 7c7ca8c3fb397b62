internal import Foundation
internal import SwiftProtobuf
internal import Tiling

// How our values look inside an envelope, and what is believed of values that come from outside.

extension Frame {
    static func body(of message: WorkerMessage) -> WireEnvelope.OneOf_Body {
        switch message {
        case .hello(let hello): .hello(hello.wire)
        case .heartbeat(let credits, let held):
            .heartbeat(
                .with {
                    $0.credits = UInt32(clamping: credits)
                    $0.held = held.map(\.wire)
                })
        case .completed(let attempt, let receipt):
            .completed(
                .with {
                    $0.attempt = attempt.wire
                    $0.receipt = Data(receipt)
                })
        case .failed(let attempt, let isRetriable, let cause):
            .failed(
                .with {
                    $0.attempt = attempt.wire
                    $0.isRetriable = isRetriable
                    $0.cause = cause
                })
        case .returned(let attempt, let why):
            .returned(
                .with {
                    $0.attempt = attempt.wire
                    $0.why = why
                })
        case .draining: .draining(WireNothing())
        case .goodbye: .goodbye(WireNothing())
        }
    }

    static func body(of message: CoordinatorMessage) -> WireEnvelope.OneOf_Body {
        switch message {
        case .welcome(let epoch, let heartbeatSeconds):
            .welcome(
                .with {
                    $0.epoch = epoch
                    $0.heartbeatSeconds = heartbeatSeconds
                })
        case .refused(let why): .refused(.with { $0.why = why })
        case .assign(let attempt, let order):
            .assign(
                .with {
                    $0.attempt = attempt.wire
                    $0.order = Data(order)
                })
        case .committed(let attempt): .committed(attempt.wire)
        case .cancel(let attempt): .cancel(attempt.wire)
        case .finish(let why): .finish(.with { $0.why = why })
        case .helloAgain: .helloAgain(WireNothing())
        case .heard: .heard(WireNothing())
        case .reply(let id, let isOK, let body):
            .reply(
                .with {
                    $0.id = id
                    $0.isOk = isOK
                    $0.body = Data(body)
                })
        }
    }
}

extension Attempt {
    var wire: WireAttempt {
        .with {
            $0.stage = UInt32(unit.stage.rawValue)
            $0.place = unit.place
            $0.block = unit.block
            $0.generation = generation
            $0.number = number
        }
    }

    init(_ wire: WireAttempt) throws(FrameError) {
        let unit = UnitID(stage: try Stage(wire: wire.stage), place: Int(wire.place), block: Int(wire.block))
        self.init(unit: unit, generation: wire.generation, number: wire.number)
    }
}

extension Stage {
    fileprivate init(wire: UInt32) throws(FrameError) {
        guard let stage = UInt8(exactly: wire).flatMap(Stage.init(rawValue:)) else {
            throw .malformed("a unit of unknown stage \(wire)")
        }
        self = stage
    }
}

extension Digest {
    fileprivate init(wire: Data) throws(FrameError) {
        guard let digest = Digest(bytes: wire) else { throw .malformed("a digest of \(wire.count) bytes") }
        self = digest
    }
}

extension Hello {
    var wire: WireHello {
        .with {
            $0.workerID = workerID
            $0.node = node
            $0.pid = Int64(pid)
            $0.stages = stages.map { UInt32($0.rawValue) }
            $0.credits = UInt32(clamping: credits)
            $0.recipe = Data(recipe.bytes)
            $0.forests = forests.map { Data($0.bytes) }
            $0.software = software
            if let canary { $0.canary = Data(canary.bytes) }
            if let untilEpochSeconds { $0.untilEpochSeconds = untilEpochSeconds }
            $0.held = held.map(\.wire)
        }
    }

    init(_ wire: WireHello) throws(FrameError) {
        guard !wire.workerID.isEmpty else { throw .malformed("a hello without a worker's name") }
        if wire.hasUntilEpochSeconds {
            guard wire.untilEpochSeconds.isFinite else {
                throw .malformed("a hello with no finite end of its job")
            }
        }
        var stages: [Stage] = []
        for stage in wire.stages { stages.append(try Stage(wire: stage)) }
        var forests: [Digest] = []
        for forest in wire.forests { forests.append(try Digest(wire: forest)) }
        self.init(
            workerID: wire.workerID, node: wire.node, pid: Int(wire.pid), stages: stages,
            credits: Int(wire.credits),
            recipe: try Digest(wire: wire.recipe), forests: forests, software: wire.software,
            canary: wire.hasCanary ? try Digest(wire: wire.canary) : nil,
            untilEpochSeconds: wire.hasUntilEpochSeconds ? wire.untilEpochSeconds : nil,
            held: try Frame.attempts(wire.held))
    }
}
