//! Schedules as a whole: many at one moment, also while the server is killed; and their expressions beside somebody else's
//! evaluator.

use std::{
    collections::BTreeSet,
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rand::{Rng, SeedableRng, rngs::StdRng};
use schedule::{Expression, Schedule, Zone};
use serde_json::{Value, json};
use tests::{
    home::{Home, Serve},
    tools,
};

/// How many schedules fire at the same moment.
const COUNT: usize = 1_000;
/// How far ahead that moment is when they are created.
const AHEAD: SignedDuration = SignedDuration::from_secs(30);
/// How long everything may take after it.
const PATIENCE: Duration = Duration::from_mins(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_schedules_of_one_moment_fire_once_each() {
    let home = Home::new();
    let serve = home.serve();
    let moment = created(&serve).await;
    let last = each_has_fired_once(&serve).await.duration_since(moment);
    eprintln!(
        "{COUNT} schedules of one moment: the last one started after {:.1} s",
        last.as_secs_f64()
    );
    // As precise as EventBridge Scheduler is.
    assert!(
        (SignedDuration::ZERO..SignedDuration::from_mins(1)).contains(&last),
        "{last}"
    );
    serve.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_schedules_of_one_moment_fire_once_each_although_the_server_is_killed() {
    let home = Home::new();
    let mut serve = home.serve();
    let moment = created(&serve).await;
    let until = Duration::try_from(moment.duration_since(Timestamp::now())).unwrap_or_default();
    // To wait is what this test is about: the moments of the kills must be any, from that one on.
    tokio::time::sleep(until).await;
    let mut dice = dice();
    for _ in 0..4 {
        tokio::time::sleep(dice.random_range(Duration::ZERO..Duration::from_millis(400))).await;
        serve.kill();
        serve = tokio::task::block_in_place(|| home.serve());
    }
    each_has_fired_once(&serve).await;
    serve.stop();
}

/// Dice that fall as they fell before if the seed is given.
fn dice() -> StdRng {
    let given = std::env::var("REZ_SCHEDULES_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(rand::random);
    eprintln!("REZ_SCHEDULES_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

fn name(n: usize) -> String {
    format!("schedule-{n:04}")
}

/// Creates the schedules; gives the moment at which all of them fire.
async fn created(serve: &Serve) -> Timestamp {
    let moment = Timestamp::from_second((Timestamp::now() + AHEAD).as_second()).unwrap();
    let expression = format!("at({})", moment.strftime("%Y-%m-%dT%H:%M:%S"));
    let api = &serve.api;
    let mut creating = tokio::task::JoinSet::new();
    for share in 0..16 {
        let (client, url, expression) = (serve.http.clone(), format!("{api}/api/schedules"), expression.clone());
        creating.spawn(async move {
            for n in (share..COUNT).step_by(16) {
                let schedule = json!({ "name": name(n), "expression": expression, "message": { "body": name(n) } });
                let answer = client.post(&url).json(&schedule).send().await.unwrap();
                assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
            }
        });
    }
    creating.join_all().await;
    assert!(Timestamp::now() < moment, "they are all there before that moment");
    moment
}

/// Returns when every message is completed: each schedule has started one execution, and each text has come once. Gives the
/// start of the last one.
async fn each_has_fired_once(serve: &Serve) -> Timestamp {
    let all: BTreeSet<String> = (0..COUNT).map(name).collect();
    let complete = async {
        while completed(serve).await.len() < COUNT {
            // It is another process's work: there is nothing to wait on.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::time::timeout(PATIENCE, complete).await.expect("they are sent");
    let texts = completed(serve).await;
    assert_eq!(
        (texts.len(), texts.into_iter().collect::<BTreeSet<_>>()),
        (COUNT, all.clone())
    );
    let started = executions(&serve.sfn).await;
    assert_eq!(started.len(), COUNT, "one execution for each");
    let inbox = reqwest::get(format!("{}/inbox/rez/json?poll=1", serve.api))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let inbox: Vec<Value> = inbox.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let texts: BTreeSet<String> = inbox.iter().map(|one| word(&one["message"])).collect();
    assert_eq!((inbox.len(), texts), (COUNT, all));
    started.into_iter().max().unwrap()
}

/// The texts of completed messages.
async fn completed(serve: &Serve) -> Vec<String> {
    let (mut texts, mut cursor) = (Vec::new(), String::new());
    loop {
        let url = format!("{}/api/messages?status=completed&limit=100{cursor}", serve.api);
        let page: Value = serve.http.get(url).send().await.unwrap().json().await.unwrap();
        texts.extend(
            page["messages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|message| word(&message["body"])),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return texts,
        }
    }
}

/// When each execution of `process-message` was started.
async fn executions(sfn: &str) -> Vec<Timestamp> {
    let (client, mut starts, mut token) = (reqwest::Client::new(), Vec::new(), Value::Null);
    // The wire has seconds with three places.
    let start = |one: &Value| Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(one["startDate"].as_f64().unwrap());
    loop {
        let mut request = json!({
            "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:process-message",
            "maxResults": 1_000,
        });
        if token.is_string() {
            request["nextToken"] = token;
        }
        let post = client
            .post(sfn)
            .header("X-Amz-Target", "AWSStepFunctions.ListExecutions");
        let page: Value = post
            .body(request.to_string())
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        starts.extend(page["executions"].as_array().unwrap().iter().map(start));
        token = page["nextToken"].clone();
        if token.is_null() {
            return starts;
        }
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// `aws-croniter` of the Python Package Index evaluates the same dialect in UTC. It knows neither steps of years nor `L` as a
/// day of the week, and gives nothing for times that there are not.
const SCRIPT: &str = r#"
import datetime, json, sys
from aws_croniter import AwsCroniter
for line in sys.stdin:
    case = json.loads(line)
    begin = datetime.datetime.fromisoformat(case["from"])
    times = AwsCroniter(case["fields"]).get_next(begin, case["count"])
    print(json.dumps([time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in times if time]), flush=True)
"#;

#[test]
fn expressions_mean_what_another_evaluator_makes_of_them() {
    let Some(python) = tools::file("python/bin/python") else {
        return;
    };
    if tools::file("python/complete-3").is_none() {
        return;
    }
    let cases = cases();
    let mut child = Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let questions: Vec<String> = cases.iter().map(Value::to_string).collect();
    let asking = std::thread::spawn(move || stdin.write_all(questions.join("\n").as_bytes()));
    let output = child.wait_with_output().expect("python ends");
    asking.join().unwrap().expect("python reads");
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), cases.len());
    for (case, answer) in cases.iter().zip(answers.lines()) {
        let theirs: Vec<Timestamp> = serde_json::from_str(answer).unwrap();
        assert_eq!(ours(case), theirs, "{case}");
    }
}

/// What the crate makes of a case.
fn ours(case: &Value) -> Vec<Timestamp> {
    let schedule = Schedule {
        expression: Expression::parse(&format!("cron({})", word(&case["fields"]))).unwrap(),
        zone: Zone::utc(),
        start: None,
        end: None,
        created_at: Timestamp::UNIX_EPOCH,
    };
    let count = usize::try_from(case["count"].as_u64().unwrap()).unwrap();
    schedule
        .upcoming(word(&case["from"]).parse().unwrap())
        .take(count)
        .collect()
}

/// Expressions made of pieces, always the same ones.
fn cases() -> Vec<Value> {
    const MINUTES: [&str; 6] = ["0", "*", "0/15", "7,3,50", "50/4", "10-40/7"];
    const HOURS: [&str; 5] = ["0", "9", "8-17", "*/5", "1,13,23"];
    const DAYS: [(&str, &str); 16] = [
        ("*", "?"),
        ("1", "?"),
        ("1-5/2,20", "?"),
        ("29", "?"),
        ("31", "?"),
        ("L", "?"),
        ("1W", "?"),
        ("15W", "?"),
        ("?", "MON-FRI"),
        ("?", "1"),
        ("?", "SUN,WED"),
        ("?", "2-6"),
        ("?", "6L"),
        ("?", "1L"),
        ("?", "6#3"),
        ("?", "3#1"),
    ];
    const MONTHS: [&str; 4] = ["*", "JAN,JUL", "2", "3-11/4"];
    const YEARS: [&str; 3] = ["*", "2027-2032", "2026,2028"];
    let mut dice = StdRng::seed_from_u64(20);
    let mut cases = Vec::new();
    for (of_month, of_week) in DAYS {
        for _ in 0..25 {
            let mut one = |of: &[&'static str]| of[dice.random_range(0..of.len())];
            let (minutes, hours, month, year) = (one(&MINUTES), one(&HOURS), one(&MONTHS), one(&YEARS));
            // A day that February never has is looked for in vain.
            let month = if month == "2" && ["29", "31"].contains(&of_month) {
                "*"
            } else {
                month
            };
            let from = format!(
                "2026-{:02}-{:02}T{:02}:30:00Z",
                dice.random_range(1..=12),
                dice.random_range(1..=28),
                dice.random_range(0..24)
            );
            let fields = format!("{minutes} {hours} {of_month} {month} {of_week} {year}");
            cases.push(json!({ "fields": fields, "from": from, "count": 8 }));
        }
    }
    cases
}
