internal import Foundation
public import Messaging
public import Storage

/// The CURVE keys of a run, in files of mode 0600: one pair for coordinators, one for everybody else.
public struct RunKeys {
    private let run: RunDirectory
    private var coordinatorPath: String { "\(run.keysPath)/coordinator.key" }
    private var workerPath: String { "\(run.keysPath)/worker.key" }

    public init(_ run: RunDirectory) { self.run = run }

    /// Makes both pairs; a user configures nothing.
    public static func make(in run: RunDirectory) throws {
        let keys = RunKeys(run)
        try DurableFile.makeFolder(run.keysPath)
        guard chmod(run.keysPath, 0o700) == 0 else {
            throw StorageError("\(run.keysPath): cannot be closed to others (mode 0700): check the owner")
        }
        for path in [keys.coordinatorPath, keys.workerPath] where !DurableFile.exists(path) {
            try CurveKeyFile.write(CurveKeys.make(), to: path)
        }
    }

    /// The pair that workers and command lines present.
    public var worker: CurveKeys {
        get throws { try CurveKeyFile.read(workerPath) }
    }

    /// The coordinator's own pair, and whom it lets in.
    public var coordinator: CoordinatorKeys {
        get throws {
            CoordinatorKeys(
                own: try CurveKeyFile.read(coordinatorPath), acceptedPublicKeys: [try worker.publicKey])
        }
    }
}
