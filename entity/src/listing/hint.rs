//! What a check of a text finds. The codes are kept with a judgement, so they are a list of their own.

use crate::coded_enum;

coded_enum! {
    /// How much a hint matters.
    pub enum HintSeverity: "hint_severity" {
        Missing = "missing" ("必须补正", "it keeps the text from being handed in"),
        Weak = "weak" ("建议补充", "readers will ask for it"),
        Advice = "advice" ("可以更好", "it could be better"),
    }
}

coded_enum! {
    /// What is lacking, weak or could be better.
    pub enum HintCode: "hint" {
        // What refuses a draft or its submission: the codes are those of the refusal.
        Required = "required" ("提交前必填", "needed for submission"),
        Blank = "blank" ("不能为空白", "blank"),
        UnknownCode = "unknown_code" ("代码不适用", "no such code here"),
        IndustryCode = "industry_code" ("行业代码不正确", "no industry code"),
        PatentNumber = "patent_number" ("专利号校验不通过", "a patent number that fails its check"),
        BelowMin = "below_min" ("上限小于下限", "a maximum below its minimum"),
        BeforeStart = "before_start" ("截止早于开始", "an end before its beginning"),
        WithoutTrl = "without_trl" ("有依据而无等级", "a basis without a readiness level"),
        // Of a demand.
        NoIndicator = "no_indicator" ("没有可考核的指标", "no measurable indicator"),
        IndicatorInText = "indicator_in_text" ("指标只写在正文里", "figures stand in the text alone"),
        IndicatorValue = "indicator_value" ("指标没有数值", "an indicator without a figure"),
        IndicatorUnit = "indicator_unit" ("指标没有单位", "an indicator without a unit"),
        IndicatorOperator = "indicator_operator" ("指标的比较方式不符", "an indicator whose sense is unclear"),
        TextShort = "text_short" ("描述过短", "says hardly anything"),
        BackgroundOnly = "background_only" ("只有背景没有问题", "background without a problem"),
        NoTarget = "no_target" ("没有目标", "no target"),
        NoDeadline = "no_deadline" ("没有期限", "no deadline"),
        DeadlinePast = "deadline_past" ("期限已过", "the deadline has passed"),
        NoBudget = "no_budget" ("没有预算", "no budget"),
        SeveralProblems = "several_problems" ("一条里有多个问题", "several problems in one"),
        // Of an achievement.
        NoAdvantage = "no_advantage" ("没有与现有技术对比", "no comparison with existing technology"),
        NoEconomics = "no_economics" ("没有经济性", "no economics"),
        NoScenarios = "no_scenarios" ("没有应用场景", "no scenarios"),
        NoProblemSolved = "no_problem_solved" ("没有解决的问题", "does not say what it solves"),
        NoFigure = "no_figure" ("没有数据", "no figure"),
        MaturityUnclear = "maturity_unclear" ("成熟度不明", "maturity unclear"),
        NoTrlBasis = "no_trl_basis" ("成熟度没有依据", "a readiness level without a basis"),
        NoIp = "no_ip" ("没有知识产权信息", "nothing about rights"),
        IpNumber = "ip_number" ("知识产权没有号码", "a right without a number"),
        NoPrice = "no_price" ("没有价格", "no price"),
        SummaryCopiesTitle = "summary_copies_title" ("简介照抄名称", "the summary repeats the title"),
        NoTitleEn = "no_title_en" ("没有英文名称", "no English title"),
        // Of a provider's page.
        NoServices = "no_services" ("没有服务项目", "no services"),
        ServiceUnclear = "service_unclear" ("服务项目没有说明", "a service that is not explained"),
        NoQualifications = "no_qualifications" ("没有资质", "no qualifications"),
        NoPerformance = "no_performance" ("没有服务业绩", "no record of service"),
        // Of all.
        NoField = "no_field" ("没有技术领域", "no field"),
        NoIndustry = "no_industry" ("没有行业", "no industry"),
        NoCooperation = "no_cooperation" ("没有合作方式", "no mode of cooperation"),
        NoKeywords = "no_keywords" ("没有关键词", "no keywords"),
        KeywordsGeneric = "keywords_generic" ("关键词过于宽泛", "keywords that say nothing"),
        TitleGeneric = "title_generic" ("名称过于笼统", "a title that could be anybody's"),
        TitleLong = "title_long" ("名称过长", "a long title"),
        TitleOpening = "title_opening" ("名称以“关于”“一种”开头", "a title that opens with a filler"),
        ContactInText = "contact_in_text" ("公开内容里有联系方式", "contact data in public text"),
    }
}
