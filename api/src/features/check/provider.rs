//! What a provider's page could say better.

use techmart_entity::{listing::HintCode, provider::ProviderContent};

use super::{Hint, finding, hint::is_filled};
use crate::say;

/// The hints about a provider's page.
pub fn hints(content: &ProviderContent) -> Vec<Hint> {
    let mut hints: Vec<Hint> = [
        services(content),
        qualifications(content),
        performance(content),
        finding::field(content.field.is_some() || is_filled(content.field_raw.as_deref())),
        finding::keywords(&content.keywords, &content.keywords_en),
    ]
    .into_iter()
    .flatten()
    .collect();
    hints.extend(content.services.iter().enumerate().filter_map(|(i, service)| {
        let explained = is_filled(service.description.as_deref());
        (!explained).then(|| explain(&service.name, &format!("services/{i}/description")))
    }));
    hints
}

fn services(content: &ProviderContent) -> Option<Hint> {
    content.services.is_empty().then(|| {
        Hint::weak(
            HintCode::NoServices,
            "services",
            say!(
                "没有服务项目：企业不知道可以请您做什么。",
                "There are no services: nobody knows what to ask for."
            ),
            say!(
                "[{{\"name\": \"盐雾试验\", \"unit\": \"次\", \"turnaround\": \"5 个工作日\"}}]",
                "[{{\"name\": \"salt-spray test\", \"unit\": \"test\", \"turnaround\": \"5 working days\"}}]"
            ),
        )
    })
}

fn explain(name: &str, member: &str) -> Hint {
    Hint::weak(
        HintCode::ServiceUnclear,
        member,
        say!(
            "“{name}”没有说明：依据什么标准、做到什么范围、交付什么？",
            "“{name}” is not explained: by which standard, how far, with what in hand?"
        ),
        say!(
            "按 GB/T 10125 做 1000 h 以内盐雾试验，出具 CNAS 报告",
            "Salt spray by GB/T 10125, up to 1000 h, with an accredited report"
        ),
    )
}

fn qualifications(content: &ProviderContent) -> Option<Hint> {
    content.qualifications.is_empty().then(|| {
        Hint::advice(
            HintCode::NoQualifications,
            "qualifications",
            say!(
                "没有资质：有的请列出编号和有效期。",
                "There are no qualifications: list what there is, with number and term."
            ),
            say!(
                "[{{\"name\": \"CNAS 认可\", \"number\": \"L1234\", \"valid_to\": \"2027-06-30\"}}]",
                "[{{\"name\": \"CNAS accreditation\", \"number\": \"L1234\", \"valid_to\": \"2027-06-30\"}}]"
            ),
        )
    })
}

fn performance(content: &ProviderContent) -> Option<Hint> {
    (!is_filled(content.performance.as_deref())).then(|| {
        Hint::advice(
            HintCode::NoPerformance,
            "performance",
            say!("没有服务业绩：做过哪些、多少家？", "There is no record: what was done, for how many?"),
            say!(
                "近三年为 40 家零部件企业出具报告 600 份",
                "600 reports for 40 makers of parts in three years"
            ),
        )
    })
}
