using System.Xml.Linq;

namespace Twilio.TwiML.Messaging;

public class Message : TwiML
{
    public Message(
        string body = null,
        string to = null,
        string from = null,
        Uri action = null,
        Http.HttpMethod method = null,
        Uri statusCallback = null)
        : base("Message")
    {
        BodyAttribute = body;
        To = to;
        From = from;
        Action = action;
        Method = method;
        StatusCallback = statusCallback;
    }

    public string BodyAttribute { get; set; }

    public string To { get; set; }

    public string From { get; set; }

    public Uri Action { get; set; }

    public Http.HttpMethod Method { get; set; }

    public Uri StatusCallback { get; set; }

    public Message Body(string message = null) => Append(new Body(message));

    public Message Media(Uri url = null) => Append(new Media(url));

    public new Message Append(TwiML childElem) => (Message)base.Append(childElem);

    public new Message SetOption(string key, object value) => (Message)base.SetOption(key, value);

    protected override string GetElementBody() => BodyAttribute ?? "";

    protected override List<XAttribute> GetElementAttributes()
    {
        (string Name, object Value)[] attributes =
        [
            ("to", To), ("from", From), ("action", Action?.OriginalString), ("method", Method), ("statusCallback", StatusCallback?.OriginalString),
        ];
        return [.. attributes.Where(pair => pair.Value is not null).Select(pair => new XAttribute(pair.Name, pair.Value.ToString()))];
    }
}

public class Body : TwiML
{
    public Body(string message = null) : base("Body") => Message = message;

    public string Message { get; set; }

    protected override string GetElementBody() => Message ?? "";
}

public class Media : TwiML
{
    public Media(Uri url = null) : base("Media") => Url = url;

    public Uri Url { get; set; }

    protected override string GetElementBody() => Url?.OriginalString ?? "";
}

public class Redirect : TwiML
{
    public Redirect(Uri url = null, Http.HttpMethod method = null) : base("Redirect")
    {
        Url = url;
        Method = method;
    }

    public Uri Url { get; set; }

    public Http.HttpMethod Method { get; set; }

    protected override string GetElementBody() => Url?.OriginalString ?? "";

    protected override List<XAttribute> GetElementAttributes() => Method is null ? [] : [new XAttribute("method", Method.ToString())];
}
