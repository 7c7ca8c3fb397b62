import Foundation

/// When this job ends, so that a worker takes nothing that it cannot finish.
struct Walltime {
    let option: String?

    /// Seconds since 1970, nil when nobody says: `--until`, else what Slurm put into the environment, else
    /// what the scheduler answers.
    var end: Double? {
        get throws {
            if let option { return try parsed(option) }
            let environment = ProcessInfo.processInfo.environment
            if let end = environment["SLURM_JOB_END_TIME"].flatMap(Double.init) { return end }
            if let job = environment["SLURM_JOB_ID"] { return slurmEnd(job) }
            if let job = environment["PBS_JOBID"] { return pbsEnd(job) }
            return nil
        }
    }

    private func parsed(_ text: String) throws -> Double {
        if let seconds = Double(text), seconds > 0 { return seconds }
        if let date = try? Date(text, strategy: .iso8601) { return date.timeIntervalSince1970 }
        throw Failure.wrongUse(
            "--until \(text): give seconds since 1970, or a time such as 2026-01-31T18:00:00Z")
    }

    /// `squeue` prints local time: 2026-01-31T18:00:00.
    private func slurmEnd(_ job: String) -> Double? {
        guard let answer = output(of: "squeue", ["-h", "-j", job, "-o", "%e"]) else { return nil }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyy-MM-dd'T'HH:mm:ss"
        return format.date(from: answer.trimmingCharacters(in: .whitespacesAndNewlines))?
            .timeIntervalSince1970
    }

    /// `qstat -f` gives the limit and what was used of it.
    private func pbsEnd(_ job: String) -> Double? {
        guard let answer = output(of: "qstat", ["-f", job]) else { return nil }
        func seconds(_ key: String) -> Double? {
            guard let line = answer.split(separator: "\n").first(where: { $0.contains(key + " =") }),
                let text = line.split(separator: "=").last
            else { return nil }
            let parts = text.trimmingCharacters(in: .whitespaces).split(separator: ":").compactMap {
                Double($0)
            }
            return parts.isEmpty ? nil : parts.reduce(0) { $0 * 60 + $1 }
        }
        guard let limit = seconds("Resource_List.walltime") else { return nil }
        return Date.now.timeIntervalSince1970 + limit - (seconds("resources_used.walltime") ?? 0)
    }

    private func output(of program: String, _ arguments: [String]) -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
