import Storage
public import Tiling

/// Files that belong to the plan, because every unit has to see the same.
extension RunPlan {
    /// The land mask and the maps of a topographic index, as they are now. A map of a whole
    /// globe is not read through for it: size and time stand for its content.
    public static func inputsToFreeze(
        mask: LandMask?, terrain: PlannedTerrain?, dataRoot: String
    ) throws -> [InputFile] {
        try ([mask?.path].compactMap(\.self) + (terrain?.paths ?? [])).map { path in
            let facts = try FileDigest.facts(ofFile: absolutePath(of: path, in: dataRoot))
            return try FileDigest.inputFile(
                path: path, relativeTo: dataRoot, hashing: facts.byteCount <= hashedBytesMax)
        }
    }

    private static let hashedBytesMax = 1 << 30

    /// Throws when one of them is another file in a newer plan, which may have the same bytes elsewhere.
    public func checkFrozenInputs(against newer: [InputFile]) throws {
        for (before, now) in zip(frozenInputs ?? [], newer) {
            let isSame = (before.byteCount, before.modifiedAt) == (now.byteCount, now.modifiedAt)
            guard isSame || before.sha256 != nil && before.sha256 == now.sha256 else {
                throw CovariateError.plannedInputChanged(path: now.path)
            }
        }
    }

    /// Throws when one of them is another file by now.
    public func checkFrozenInputs() throws {
        for input in frozenInputs ?? [] {
            let path = absolutePath(of: input.path, in: dataRoot)
            guard DurableFile.exists(path), try input.holds(at: path) else {
                throw CovariateError.plannedInputChanged(path: input.path)
            }
        }
    }
}

extension InputFile {
    /// Whether the file at a path has the same bytes: by size and time, or else by the digest, because a copy
    /// of a production may have lost the times.
    func holds(at path: String) throws -> Bool {
        if try isUnchanged(at: path) { return true }
        guard let sha256 else { return false }
        return try FileDigest.sha256(ofFile: path) == sha256
    }
}
