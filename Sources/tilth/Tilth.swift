import ArgumentParser
// C declares `stdout` as a variable; nothing changes it.
@preconcurrency import Foundation
@preconcurrency import Glibc
import Products

/// The command line: the only reader of configuration, environment and arguments.
@main
struct Tilth: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "tilth",
        abstract: "Daily 1 km soil-moisture maps from covariate rasters and a random forest.",
        discussion: """
            A run is a folder (RUN) that holds everything about one production. On one machine:

              tilth check PRODUCT.yaml --data DATA
              tilth run PRODUCT.yaml --run RUN --data DATA --workers 4

            On a cluster, with RUN on the shared file system:

              tilth plan PRODUCT.yaml --run RUN --data DATA      what it will take, before anything runs
              tilth coordinator RUN                              on the head node
              tilth worker RUN                                   on every compute node (job scripts: cluster/)
              tilth merge RUN                                    anywhere: makes the mosaics
              tilth status RUN --watch
              tilth resume RUN --tiles x40y10..x50y20            puts failed units back

            Exit codes: 0 all done, 1 finished with failed or missing parts, 2 wrong use or wrong product.
            """,
        version: version,
        subcommands: [
            Check.self, Plan.self, Run.self, CoordinatorCommand.self, WorkerCommand.self, Merge.self,
            Aggregate.self,
            Status.self,
            Resume.self, Verify.self, Explain.self, Train.self, Evaluate.self, Correlate.self,
            ForestCommand.self, TerrainCommand.self, DemoCommand.self,
        ])

    static func main() {
        // A line is written when it is said, so that logs have it in its place among those of standard error.
        setvbuf(stdout, nil, _IOLBF, 0)
        do {
            var command = try parseAsRoot()
            // Before any thread starts: a thread that does not block a signal would die of it, and all with
            // it.
            if command is any EndsOnSignal { TerminationSignal.block() }
            try command.run()
        } catch let failure as Failure {
            complain("tilth: \(failure.message)")
            Foundation.exit(failure.code.rawValue)
        } catch let mistakes as ProductFileError {
            // As a compiler writes them, so that editors find the lines.
            complain("\(mistakes)")
            Foundation.exit(2)
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            let code = exitCode(for: error)
            if code == .success {
                print(fullMessage(for: error))
                Foundation.exit(0)
            }
            // Wrong use has a usage text; everything else that is thrown describes itself in one line.
            complain(code == .validationFailure ? fullMessage(for: error) : "tilth: \(error)")
            Foundation.exit(2)
        }
    }

    private static func complain(_ message: String) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
    }
}

/// The end of a command that did not do what it was asked: one line (or one a mistake), and an exit code.
struct Failure: Error {
    let message: String
    let code: ExitCode

    /// Finished, with failed or missing parts.
    static func incomplete(_ message: String) -> Failure { Failure(message: message, code: ExitCode(1)) }
    /// Wrong use or wrong product.
    static func wrongUse(_ message: String) -> Failure { Failure(message: message, code: ExitCode(2)) }
}
