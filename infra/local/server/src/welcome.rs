//! What a person sees who opens the server's address.

use crate::Addresses;

/// The ways on from `GET /`.
pub(crate) fn text(addresses: Addresses) -> String {
    let Addresses { api, sfn, .. } = addresses;
    format!(
        "rez: reliable notifications and a Step Functions engine\n\n\
         Console          http://{api}/console\n\
         Get a token      token=$(rez token)\n\
         Send a message   curl -H \"Authorization: Bearer $token\" --json '{{\"body\": \"hello\"}}' http://{api}/api/messages\n\
         List messages    curl -H \"Authorization: Bearer $token\" http://{api}/api/messages\n\
         Read the inbox   curl 'http://{api}/inbox/rez/json?poll=1&since=all'\n\
         Whole API        curl http://{api}/api\n\
         Step Functions   aws stepfunctions --endpoint-url http://{sfn} list-state-machines\n"
    )
}
