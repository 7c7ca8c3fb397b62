internal import Foundation
internal import Logging
internal import Messaging
internal import Storage
internal import Synchronization
internal import Tiling

/// What is said to the coordinator, and what is done about what it says.
extension ExecutionProcess {
    /// Also after every reconnection: a coordinator that has just started adopts the attempts held here.
    func sayHello() {
        let (held, unacknowledged) = book.withLock { ($0.held, $0.unacknowledged) }
        connection.send(
            .hello(
                Hello(
                    workerID: settings.workerID, node: settings.node, pid: Int(getpid()),
                    stages: executor.stages,
                    credits: executor.credits, recipe: plan.recipe,
                    forests: Set(plan.forests.values).sorted { $0.hex < $1.hex },
                    software: settings.software, canary: settings.canary, untilEpochSeconds: settings.endsAt,
                    held: held)))
        for answer in unacknowledged { send(answer) }
    }

    /// The ending that a message allows, nil to go on.
    func handle(_ message: CoordinatorMessage) throws -> Ending? {
        switch message {
        case .welcome(let epoch, _):
            settings.log.info("the coordinator of epoch \(epoch) took this worker")
        case .refused(let why):
            throw ExecutionError.refused(why)
        case .assign(let attempt, let order):
            begin(
                Assignment(attempt: attempt, name: plan.name(of: attempt.unit), order: order) { [self] in
                    book.withLock { $0.holds(attempt) }
                })
        case .committed(let attempt):
            forget(attempt)
        case .cancel(let attempt):
            _ = executor.takeBack { $0 == attempt }
            forget(attempt)
        case .finish(let why):
            settings.log.info("finished: \(why)")
            return .finished
        case .helloAgain:
            sayHello()
        case .heard, .reply:
            break
        }
        return nil
    }

    /// Gives back what nobody has begun; what has begun is finished.
    func beginDraining() {
        settings.log.info("told to stop: finishing what has begun, giving back the rest")
        connection.send(.draining)
        for attempt in executor.takeBack(where: { _ in true }) {
            connection.send(.returned(attempt, why: "the worker was told to stop"))
            forget(attempt)
        }
    }

    private func begin(_ assignment: Assignment) {
        guard book.withLock({ $0.begin(assignment.attempt) }) else { return }
        announce()
        executor.submit(assignment) { [self] outcome in report(outcome, of: assignment) }
    }

    /// From the executor's threads. The receipt is on disk before anybody hears of it.
    private func report(_ outcome: Outcome, of assignment: Assignment) {
        let attempt = assignment.attempt
        var answer: WorkerAnswer
        switch outcome {
        case .failed(let cause, let isRetriable):
            answer = .failed(attempt, cause: cause, isRetriable: isRetriable)
        case .completed(let result):
            do {
                answer = .completed(attempt, receipt: try receipts.append(receipt(of: assignment, result)))
            } catch {
                answer = .failed(attempt, cause: "\(error)", isRetriable: true)
            }
        }
        guard book.withLock({ $0.answer(attempt, answer) }) else { return }
        if case .failed(_, let cause, _) = answer { settings.log.error("\(assignment.name): \(cause)") }
        send(answer)
    }

    private func send(_ answer: WorkerAnswer) {
        switch answer {
        case .completed(let attempt, let receipt): connection.send(.completed(attempt, receipt: receipt))
        case .failed(let attempt, let cause, let isRetriable):
            connection.send(.failed(attempt, isRetriable: isRetriable, cause: cause))
        }
    }

    private func forget(_ attempt: Attempt) {
        book.withLock { $0.forget(attempt) }
        announce()
    }

    /// What the heartbeats say from now on.
    private func announce() {
        connection.setHeld(book.withLock(\.held), credits: executor.credits)
    }

    private func receipt(of assignment: Assignment, _ result: UnitResult) -> Receipt {
        Receipt(
            unit: assignment.name, generation: assignment.attempt.generation,
            attempt: assignment.attempt.number,
            worker: settings.workerID, node: settings.node, software: settings.software, recipe: plan.recipe,
            inputs: result.inputs, outputs: result.outputs, values: result.values, missing: result.missing,
            seconds: result.seconds, finishedAt: Date.now.formatted(.iso8601))
    }
}

/// Why a worker cannot serve, in one line.
public enum ExecutionError: Error, CustomStringConvertible {
    case refused(String)

    public var description: String {
        switch self {
        case .refused(let why): "the coordinator refused this worker: \(why)"
        }
    }
}
