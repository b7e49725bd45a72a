// SPDX-License-Identifier: Apache-2.0
import TLS

/// `nameplate diagnose DOMAIN`: may it have a certificate here, and which record is missing?
///
/// Looks at DNS, asks what `on_demand.ask` names and the directories of the CAs; opens no account,
/// orders nothing, and does not disturb a running edge.
enum DiagnoseCommand {
    static func run(
        domain: String, file: String, _ format: Invocation.DiagnosisFormat
    ) async -> ExitStatus {
        guard let name = CertificateName(domain) else {
            Output.error(
                "\(JSON5Value.quoted(domain)) is no host name; "
                    + "a domain with other letters is written as its A-label, xn--…")
            return .usage
        }
        let configuration: Configuration
        do throws(ConfigurationProblems) {
            configuration = try Configuration.read(file: file)
        } catch {
            return error.print()
        }
        do throws(EdgeError) {
            let diagnosis = try await Diagnosis(of: name, configuration)
            switch format {
            case .text: Output.line(diagnosis.text)
            case .json: Output.line(diagnosis.json)
            }
            return diagnosis.isEligible ? .done : .failed
        } catch {
            return Output.error(error.description)
        }
    }
}
