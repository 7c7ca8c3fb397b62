internal import Glibc

/// Whose turn it is to coordinate a run: a file per epoch, each made by exactly one process.
///
/// `O_EXCL` creation is atomic on local and network file systems, so two coordinators never share an epoch,
/// whatever becomes of file locks; the one with the lower epoch stops as soon as it sees the higher one.
public enum EpochClaim {
    /// Takes the next epoch.
    public static func claim(in run: RunDirectory) throws(StorageError) -> UInt64 {
        try DurableFile.makeFolder(run.epochsPath)
        var epoch = try current(in: run) + 1
        while true {
            let path = "\(run.epochsPath)/\(epoch)"
            let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            if file >= 0 {
                close(file)
                try DurableFile.flushFolder(run.epochsPath)
                return epoch
            }
            guard errno == EEXIST else { throw StorageError("claim the run by making", path, code: errno) }
            epoch += 1
        }
    }

    /// The highest epoch that was taken, 0 before the first.
    public static func current(in run: RunDirectory) throws(StorageError) -> UInt64 {
        try DurableFile.names(in: run.epochsPath).compactMap { UInt64($0) }.max() ?? 0
    }
}
