import Foundation
import TestSupport

/// The real case of ../shared/data/yanco, planned into a run directory and made in different ways.
struct YancoRun {
    let data: String
    let folder: TemporaryFolder
    let product: String

    /// Imports the real forest and keeps the product beside it; nil, said loudly, when the data are not
    /// there.
    init?(skipping test: String = #function) throws {
        guard let data = SharedData.path("yanco", skipping: test) else { return nil }
        self.data = data
        folder = try TemporaryFolder()
        let configs = Program.repository.appending(path: "Configs")
        product = try folder.write(
            String(contentsOf: configs.appending(path: "yanco.yaml"), encoding: .utf8), to: "yanco.yaml")
        try folder.write("", to: "forests/.keep")
        let imported = try Program.run(
            "forest", "import", "\(data)/forest/yanco_rf100.onnx", "--features", product, "-o",
            folder.file("forests/yanco_rf100.forest"))
        guard imported.code == 0 else { throw TestFailure("import: \(imported.errors)") }
    }

    func path(_ name: String) -> String { folder.file(name) }

    /// `tilth run`, everything from one command.
    func runEmbedded(_ name: String, workers: Int, days: String? = nil) throws -> Program.Result {
        var arguments = [
            "run", product, "--run", path(name), "--data", data, "--workers", String(workers), "--threads",
            "1",
        ]
        if let days { arguments += ["--days", days] }
        return try Program.run(arguments)
    }

    func plan(_ name: String, days: String? = nil) throws -> Program.Result {
        try Program.run(
            ["plan", product, "--run", path(name), "--data", data] + (days.map { ["--days", $0] } ?? []))
    }

    /// All mosaics of a run, by name.
    func mosaics(_ name: String) -> [String: Data] { contents(of: path(name) + "/mosaics", suffix: ".tif") }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Waits until something holds; false when it never did.
func eventually(withinSeconds seconds: Double, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date.now.addingTimeInterval(seconds)
    while Date.now < deadline {
        if try condition() { return true }
        usleep(20_000)
    }
    return false
}
