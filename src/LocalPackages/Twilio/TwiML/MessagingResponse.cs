using Twilio.TwiML.Messaging;

namespace Twilio.TwiML;

public class MessagingResponse : TwiML
{
    public MessagingResponse() : base("Response") { }

    public MessagingResponse Message(
        string body = null,
        string to = null,
        string from = null,
        Uri action = null,
        Http.HttpMethod method = null,
        Uri statusCallback = null) =>
        Append(new Message(body, to, from, action, method, statusCallback));

    public MessagingResponse Redirect(Uri url = null, Http.HttpMethod method = null) => Append(new Redirect(url, method));

    public new MessagingResponse Append(TwiML childElem) => (MessagingResponse)base.Append(childElem);

    public new MessagingResponse SetOption(string key, object value) => (MessagingResponse)base.SetOption(key, value);
}
