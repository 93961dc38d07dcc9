/// How AWS is reached and who asks: read from the variables that every AWS tool knows, by a pure function.
package struct AWSConfiguration: Equatable, Sendable {
    /// Where credentials come from.
    package enum Source: Equatable, Sendable {
        /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and perhaps `AWS_SESSION_TOKEN`.
        case fixed(Credentials)
        /// A role taken on with a token file: service accounts of Kubernetes.
        case webIdentity(role: String, tokenFile: String, session: String)
        /// `AWS_SHARED_CREDENTIALS_FILE`, by default `~/.aws/credentials`, and `AWS_PROFILE`.
        case sharedFile(path: String, profile: String)
        /// An address of the container's agent: tasks of ECS, pod identities of EKS.
        case container(url: String, token: String?, tokenFile: String?)
        /// The metadata service of the machine (version 2).
        case instance(url: String)
    }

    package var region: String
    package var source: Source
    /// `AWS_CA_BUNDLE`: trusted instead of the system's authorities.
    package var authorities: String?
    /// `AWS_ENDPOINT_URL_STS`, or the region's own.
    package var securityTokenService: String

    package init(region: String, source: Source, authorities: String? = nil, securityTokenService: String? = nil) {
        self.region = region
        self.source = source
        self.authorities = authorities
        self.securityTokenService = securityTokenService ?? "https://sts.\(region).amazonaws.com"
    }

    /// What is missing, or contradicts something else.
    package struct Mistake: Error, Equatable, Sendable {
        package var key: String
        package var value: String?
        package var accepted: String
    }

    /// Reads the environment. `urlRegion` is the region that a queue's address names, if it names one.
    package init(
        environment: [String: String], urlRegion: String? = nil, isReadable: (String) -> Bool
    ) throws(Mistake) {
        func value(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
        let named = value("AWS_REGION") ?? value("AWS_DEFAULT_REGION")
        if let named, let urlRegion, named != urlRegion {
            throw Mistake(
                key: "AWS_REGION", value: named,
                accepted: "the queue's address names \(urlRegion); set it to that or leave it out")
        }
        guard let region = named ?? urlRegion else {
            throw Mistake(key: "AWS_REGION", value: nil, accepted: "accepted is a region such as eu-west-1")
        }
        guard AWSConfiguration.isRegion(region) else {
            throw Mistake(key: "AWS_REGION", value: region, accepted: "accepted is a region such as eu-west-1")
        }
        self.init(
            region: region, source: try AWSConfiguration.source(value, isReadable),
            authorities: value("AWS_CA_BUNDLE"),
            securityTokenService: value("AWS_ENDPOINT_URL_STS") ?? value("AWS_ENDPOINT_URL"))
    }

    /// The first that is there, in the order of the AWS tools.
    private static func source(
        _ value: (String) -> String?, _ isReadable: (String) -> Bool
    ) throws(Mistake) -> Source {
        switch (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
        case (let id?, let secret?):
            return .fixed(
                Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN")))
        case (_?, nil):
            throw Mistake(
                key: "AWS_SECRET_ACCESS_KEY", value: nil, accepted: "AWS_ACCESS_KEY_ID is set and needs it beside it")
        case (nil, _?):
            throw Mistake(
                key: "AWS_ACCESS_KEY_ID", value: nil, accepted: "AWS_SECRET_ACCESS_KEY is set and needs it beside it")
        case (nil, nil):
            guard value("AWS_SESSION_TOKEN") == nil else {
                throw Mistake(
                    key: "AWS_ACCESS_KEY_ID", value: nil, accepted: "AWS_SESSION_TOKEN is set and needs it beside it")
            }
        }
        if let file = value("AWS_WEB_IDENTITY_TOKEN_FILE") {
            guard let role = value("AWS_ROLE_ARN") else {
                throw Mistake(
                    key: "AWS_ROLE_ARN", value: nil,
                    accepted: "AWS_WEB_IDENTITY_TOKEN_FILE is set and needs it beside it")
            }
            return .webIdentity(role: role, tokenFile: file, session: value("AWS_ROLE_SESSION_NAME") ?? "signalbox")
        }
        let path =
            value("AWS_SHARED_CREDENTIALS_FILE") ?? value("HOME").map { $0 + "/.aws/credentials" } ?? ""
        if value("AWS_PROFILE") != nil || value("AWS_SHARED_CREDENTIALS_FILE") != nil || isReadable(path) {
            guard isReadable(path) else {
                throw Mistake(
                    key: "AWS_SHARED_CREDENTIALS_FILE", value: path, accepted: "the file cannot be read")
            }
            return .sharedFile(path: path, profile: value("AWS_PROFILE") ?? "default")
        }
        let token = value("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        let tokenFile = value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        if let relative = value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard relative.hasPrefix("/") else {
                throw Mistake(
                    key: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", value: relative,
                    accepted: "accepted is a path that begins with /")
            }
            return .container(url: "http://169.254.170.2" + relative, token: token, tokenFile: tokenFile)
        }
        if let full = value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard isFitForTokens(full) else {
                throw Mistake(
                    key: "AWS_CONTAINER_CREDENTIALS_FULL_URI", value: "***",
                    accepted: "accepted is https://, or http:// to this machine or to an agent of AWS (\(agents))")
            }
            return .container(url: full, token: token, tokenFile: tokenFile)
        }
        guard value("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else {
            throw Mistake(
                key: "AWS_ACCESS_KEY_ID", value: nil,
                accepted:
                    "there are no credentials: set it and AWS_SECRET_ACCESS_KEY, or a role, a profile or a container's address"
            )
        }
        return .instance(url: value("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254")
    }

    /// Where tasks of ECS and pods of EKS find their agents, which speak plain HTTP on the machine's own links.
    private static let agents = "169.254.170.2, 169.254.170.23, [fd00:ec2::23]"

    /// A token is sent there: not to anybody, and not for everybody to read, as in the AWS tools.
    private static func isFitForTokens(_ url: String) -> Bool {
        guard let address = WebAddress(url) else { return false }
        return address.isEncrypted || address.isLoopback
            || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(address.host)
    }

    private static func isRegion(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}

extension AWSConfiguration.Source {
    /// The variable that decided, and its value; what is secret is `***`. [SD-10]
    package var setting: (key: String, value: String) {
        switch self {
        case .fixed: ("AWS_ACCESS_KEY_ID", "***")
        case .webIdentity(let role, _, _): ("AWS_ROLE_ARN", role)
        case .sharedFile(_, let profile): ("AWS_PROFILE", profile)
        case .container: ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "***")
        case .instance(let url): ("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        }
    }
}
