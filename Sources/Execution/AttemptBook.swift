internal import Tiling

/// The attempts that a worker holds: handed out to it and not yet committed, returned or cancelled.
struct AttemptBook {
    /// Nil while it is computed, then what was reported about it.
    private var answers: [Attempt: WorkerAnswer?] = [:]

    var isEmpty: Bool { answers.isEmpty }
    /// Whether nothing is being computed: all that is left waits for its acknowledgement.
    var isAnswered: Bool { answers.values.allSatisfy { $0 != nil } }
    var held: [Attempt] { Array(answers.keys) }

    /// What was reported and not yet acknowledged: to be said again to a coordinator that may not have heard
    /// it.
    var unacknowledged: [WorkerAnswer] { answers.values.compactMap { $0 } }

    /// False when the attempt is here already.
    mutating func begin(_ attempt: Attempt) -> Bool {
        guard answers[attempt] == nil else { return false }
        answers[attempt] = .some(nil)
        return true
    }

    /// False when the attempt was taken away meanwhile.
    mutating func answer(_ attempt: Attempt, _ answer: WorkerAnswer) -> Bool {
        guard answers[attempt] != nil else { return false }
        answers[attempt] = .some(answer)
        return true
    }

    /// Whether the coordinator has not taken it away.
    func holds(_ attempt: Attempt) -> Bool { answers[attempt] != nil }

    mutating func forget(_ attempt: Attempt) { answers[attempt] = nil }
}

/// What a worker says about an attempt that has ended.
enum WorkerAnswer {
    case completed(Attempt, receipt: [UInt8])
    case failed(Attempt, cause: String, isRetriable: Bool)
}
