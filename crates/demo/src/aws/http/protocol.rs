//! The services by their protocol: rest-json (EKS, EKS Auth), query (IAM, STS), JSON 1.1 (Organizations), EC2's query.

use std::fmt::Write as _;

use axum::body::Body;
use http::{Response, header};
use serde_json::{Value, json};

use super::xml;
use super::{Failure, Reply};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Eks,
    EksAuth,
    Iam,
    Sts,
    Organizations,
    Ec2,
}

impl Protocol {
    /// By the service in a signature's scope.
    pub(super) fn of(service: &str) -> Option<Self> {
        Some(match service {
            "eks" => Self::Eks,
            "eks-auth" => Self::EksAuth,
            "iam" => Self::Iam,
            "sts" => Self::Sts,
            "organizations" => Self::Organizations,
            "ec2" => Self::Ec2,
            _ => return None,
        })
    }

    /// Whether it speaks JSON, and has the names of errors that go with that.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Eks | Self::EksAuth | Self::Organizations)
    }

    /// As actions begin.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Eks => "eks",
            Self::EksAuth => "eks-auth",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::Organizations => "organizations",
            Self::Ec2 => "ec2",
        }
    }

    fn namespace(self) -> &'static str {
        match self {
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
            _ => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }

    /// Refused for want of a permission.
    pub(crate) fn access_denied(self, message: String) -> Failure {
        match self {
            Self::Eks | Self::EksAuth => Failure::new(403, "AccessDeniedException", message),
            Self::Iam | Self::Sts => Failure::new(403, "AccessDenied", message),
            Self::Organizations => Failure::new(400, "AccessDeniedException", message),
            Self::Ec2 => Failure::new(403, "UnauthorizedOperation", message),
        }
    }

    pub(crate) fn throttled(self) -> Failure {
        match self {
            Self::Eks | Self::EksAuth => Failure::new(429, "ThrottlingException", "Rate exceeded"),
            Self::Iam | Self::Sts => Failure::new(400, "Throttling", "Rate exceeded"),
            Self::Organizations => Failure::new(400, "TooManyRequestsException", "Rate exceeded"),
            Self::Ec2 => Failure::new(503, "RequestLimitExceeded", "Request limit exceeded."),
        }
    }

    pub(crate) fn unknown_action(self, action: &str) -> Failure {
        match self {
            Self::Eks | Self::EksAuth | Self::Organizations => {
                Failure::new(404, "UnknownOperationException", format!("the world does not know {action}"))
            }
            _ => Failure::new(400, "InvalidAction", format!("Could not find operation {action} for this version")),
        }
    }

    pub(super) fn response(self, action: &str, request: &str, reply: Reply) -> Response<Body> {
        let (status, kind, body, code) = match reply {
            Ok(value) => {
                let (kind, body) = self.success(action, request, &value);
                (200, kind, body, None)
            }
            Err(failure) => {
                let (kind, body) = self.failure(request, &failure);
                (failure.status, kind, body, Some(failure.code))
            }
        };
        let mut builder =
            Response::builder().status(status).header(header::CONTENT_TYPE, kind).header("x-amzn-requestid", request);
        if let Some(code) = code.filter(|_| self.is_json()) {
            builder = builder.header("x-amzn-errortype", code);
        }
        builder.body(Body::from(body)).unwrap_or_default()
    }

    fn success(self, action: &str, request: &str, value: &Value) -> (&'static str, String) {
        match self {
            Self::Eks | Self::EksAuth => ("application/json", value.to_string()),
            Self::Organizations => ("application/x-amz-json-1.1", value.to_string()),
            Self::Ec2 => {
                let mut body = format!("<{action}Response xmlns=\"{}\">", self.namespace());
                xml::element(&mut body, "requestId", &json!(request), "item");
                for (name, member) in value.as_object().into_iter().flatten() {
                    xml::element(&mut body, name, member, "item");
                }
                let _ = write!(body, "</{action}Response>");
                ("text/xml", body)
            }
            Self::Iam | Self::Sts => {
                let mut body = format!("<{action}Response xmlns=\"{}\">", self.namespace());
                xml::element(&mut body, &format!("{action}Result"), value, "member");
                xml::element(&mut body, "ResponseMetadata", &json!({"RequestId": request}), "member");
                let _ = write!(body, "</{action}Response>");
                ("text/xml", body)
            }
        }
    }

    fn failure(self, request: &str, failure: &Failure) -> (&'static str, String) {
        let (code, message) = (failure.code, &failure.message);
        match self {
            Self::Eks | Self::EksAuth => ("application/json", json!({"message": message}).to_string()),
            Self::Organizations => {
                ("application/x-amz-json-1.1", json!({"__type": code, "Message": message}).to_string())
            }
            Self::Ec2 => {
                let error = json!({"Error": {"Code": code, "Message": message}});
                let mut body = String::new();
                xml::element(&mut body, "Response", &json!({"Errors": error, "RequestID": request}), "item");
                ("text/xml", body)
            }
            Self::Iam | Self::Sts => {
                let kind = if failure.status < 500 { "Sender" } else { "Receiver" };
                let error = json!({"Type": kind, "Code": code, "Message": message});
                let mut body = format!("<ErrorResponse xmlns=\"{}\">", self.namespace());
                xml::element(&mut body, "Error", &error, "member");
                xml::element(&mut body, "RequestId", &json!(request), "member");
                body.push_str("</ErrorResponse>");
                ("text/xml", body)
            }
        }
    }
}
