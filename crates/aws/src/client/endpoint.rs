//! Where each service of each partition is.

use crate::operations::Service;
use crate::{Endpoints, Partition};

/// An address, and the region that is signed for there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) region: String,
}

pub(crate) fn endpoint(given: &Endpoints, service: Service, partition: Partition, region: &str) -> Place {
    let given = given.of(service);
    let home = partition.home();
    let (host, region) = match (service, partition) {
        // IAM and the organisation are of the whole partition.
        (Service::Iam, Partition::Aws) => ("iam.amazonaws.com".to_owned(), home),
        (Service::Iam, Partition::China) => ("iam.cn-north-1.amazonaws.com.cn".to_owned(), home),
        (Service::Iam, Partition::UsGov) => ("iam.us-gov.amazonaws.com".to_owned(), home),
        (Service::Iam, other) => (format!("iam.{home}.{}", other.suffix()), home),
        (Service::Organizations, Partition::China) => {
            ("organizations.cn-northwest-1.amazonaws.com.cn".to_owned(), "cn-northwest-1")
        }
        (Service::Organizations, other) => (format!("organizations.{home}.{}", other.suffix()), home),
        (Service::Eks | Service::Sts | Service::Ec2, other) => {
            (format!("{}.{region}.{}", service.name(), other.suffix()), region)
        }
    };
    let address = given.map_or_else(|| format!("https://{host}"), |given| given.trim_end_matches('/').to_owned());
    Place { address, region: region.to_owned() }
}

impl Endpoints {
    pub(crate) fn of(&self, service: Service) -> Option<&str> {
        let own = match service {
            Service::Eks => &self.eks,
            Service::Iam => &self.iam,
            Service::Sts => &self.sts,
            Service::Organizations => &self.organizations,
            Service::Ec2 => &self.ec2,
        };
        own.as_deref().or(self.all.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_stands_in_for_aws() {
        let given = Endpoints {
            all: Some("http://127.0.0.1:1/".into()),
            eks: Some("http://127.0.0.1:2".into()),
            ..Endpoints::default()
        };
        let at = |service| endpoint(&given, service, Partition::China, "cn-north-1");
        assert_eq!(at(Service::Eks), Place { address: "http://127.0.0.1:2".into(), region: "cn-north-1".into() });
        assert_eq!(
            at(Service::Organizations),
            Place { address: "http://127.0.0.1:1".into(), region: "cn-northwest-1".into() }
        );
    }
}
