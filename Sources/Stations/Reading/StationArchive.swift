import Foundation
import Rasters

/// An archive of the International Soil Moisture Network as it is downloaded: a folder or a zip archive with
/// a file per sensor (header+values or CEOP), and a table of metadata per station.
///
/// Only names are read at first. Series are read on demand, one station at a time, so that an archive of
/// thousands of files costs the memory of a few. What cannot be read is named in `issues`.
public struct StationArchive: Sendable {
    /// The file of one sensor, by what its name says.
    public struct Member: Hashable, Sendable {
        public let quantity: Quantity
        /// As the file name rounds it; a series has the depth that stands in the file.
        public let depth: DepthRange
        public let sensor: String
        let file: ArchiveTree.File
    }

    public let path: String
    /// The files of sensors by station, stations and sensors in the order of their names.
    public let stations: [[Member]]
    /// Files that are neither series nor metadata.
    public let issues: [StationIssue]
    private let tree: ArchiveTree
    private let metadata: [String: ArchiveTree.File]

    /// Lists a folder, a zip archive, or a folder of zip archives.
    public init(path: String) throws {
        tree = try ArchiveTree(path: path)
        self.path = path
        var issues = tree.issues
        var members: [String: [Member]] = [:]
        var metadata: [String: ArchiveTree.File] = [:]
        for file in tree.files {
            let name = file.lastName
            if name.hasSuffix("_static_variables.csv") {
                metadata[Self.stationKey(file)] = file
            } else if let said = IsmnFileName(name) {
                members[Self.stationKey(file), default: []].append(
                    Member(quantity: said.quantity, depth: said.depth, sensor: said.sensor, file: file))
            } else if !Self.isCompanion(file) {
                issues.append(
                    StationIssue(source: tree.label(file), problem: Self.strange(name), isSkipped: true))
            }
        }
        stations = members.sorted { $0.key < $1.key }.map { $0.value }
        self.metadata = metadata
        self.issues = issues
    }

    /// All files of sensors.
    public var members: [Member] { stations.flatMap { $0 } }

    /// The whole path of a member, as messages name it.
    public func label(_ member: Member) -> String { tree.label(member.file) }

    /// Reads the series of one sensor, with what the station's metadata say. Throws one line that names the
    /// file and says why it cannot be read.
    public func read(_ member: Member, soilMoistureIsPercent: Bool = false) throws -> Series {
        let source = tree.label(member.file)
        let text = try IsmnText(tree.read(member.file), source: source)
        var issues: [StationIssue] = []
        func say(_ source: String, _ problem: String) {
            issues.append(StationIssue(source: source, problem: problem, isSkipped: false))
        }
        if let badRows = text.badRows { say(source, badRows) }
        var station = text.station
        if let file = metadata[Self.stationKey(member.file)] {
            do {
                station = station.describing(try StationMetadata(tree.read(file), source: tree.label(file)))
            } catch {
                say("\(error)", "metadata are left out")
            }
        }
        var observations = text.observations
        if member.quantity == .soilMoisture {
            if soilMoistureIsPercent {
                observations = observations.map {
                    Observation(time: $0.time, value: $0.value / 100, flags: $0.flags)
                }
            }
            if let issue = try Series.checkUnit(of: observations, source: source, station: station.id) {
                issues.append(issue)
            }
        }
        return Series(
            station: station, quantity: member.quantity, depth: text.depth,
            sensor: text.sensor ?? member.sensor,
            source: source, observations: observations, issues: issues)
    }

    /// Hands out all series of a station at a time, of these quantities; what cannot be read is left out and
    /// named in what is returned.
    public func forEachStation(
        quantities: Set<Quantity> = Set(Quantity.allCases), soilMoistureIsPercent: Bool = false,
        _ body: ([Series]) throws -> Void
    ) rethrows -> [StationIssue] {
        var issues = issues
        for members in stations {
            var series: [Series] = []
            for member in members where quantities.contains(member.quantity) {
                do {
                    let read = try read(member, soilMoistureIsPercent: soilMoistureIsPercent)
                    issues += read.issues
                    series.append(read)
                } catch let error as StationError {
                    issues.append(
                        StationIssue(source: error.source, problem: error.problem, isSkipped: true))
                } catch let error as RasterError {
                    issues.append(StationIssue(source: error.path, problem: error.problem, isSkipped: true))
                } catch {
                    issues.append(
                        StationIssue(source: "\(error)", problem: "cannot be read", isSkipped: true))
                }
            }
            if !series.isEmpty { try body(series) }
        }
        // The sensors of a station share their metadata, and what is wrong with them.
        var said: Set<StationIssue> = []
        return issues.filter { said.insert($0).inserted }
    }

    /// Files of one station lie in one folder and begin with the same words.
    private static func stationKey(_ file: ArchiveTree.File) -> String {
        let name = file.lastName
        let quantities = Quantity.allCases.map { "_\($0.rawValue)_" } + ["_static_variables"]
        let end = quantities.compactMap { name.range(of: $0, options: .backwards)?.lowerBound }.min()
        return "\(file.zip.map(String.init) ?? "")/\(file.folder)/\(name[..<(end ?? name.endIndex)])"
    }

    /// Why a file is neither series nor metadata.
    private static func strange(_ name: Substring) -> String {
        let name = name.lowercased()
        if name.hasSuffix(".zip") { return "is a zip archive within another: unpack the outer one once" }
        if name.hasSuffix(".gz") || name.hasSuffix(".tar") || name.hasSuffix(".7z") {
            return "is packed, and no zip archive: unpack it"
        }
        let form = "network_network_station_sm_from_to_sensor_begin_end.stm"
        return name.hasSuffix(".stm")
            ? "does not have the name of an ISMN file (\(form))" : "is not a file of an ISMN archive"
    }

    /// What comes with an archive and holds no series.
    private static func isCompanion(_ file: ArchiveTree.File) -> Bool {
        let name = file.lastName
        return name == "Metadata.xml" || name.hasPrefix(".") || file.name.contains("python_metadata/")
            || ["ISMN_", "Readme", "README", "LICENSE"].contains { name.hasPrefix($0) }
    }
}
