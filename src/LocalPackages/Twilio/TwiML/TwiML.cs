using System.Text;
using System.Xml.Linq;

namespace Twilio.TwiML;

public class TwiML
{
    private readonly string _tag;
    private readonly List<TwiML> _children = [];
    private readonly List<KeyValuePair<string, string>> _options = [];

    protected TwiML(string tagName) => _tag = tagName;

    public virtual TwiML Append(TwiML childElem)
    {
        _children.Add(childElem);
        return this;
    }

    public TwiML SetOption(string key, object value)
    {
        _options.RemoveAll(option => option.Key == key);
        _options.Add(new(key, value.ToString()));
        return this;
    }

    public virtual string GetOption(string key) => _options.Find(option => option.Key == key).Value;

    public XDocument ToXDocument() => new(new XDeclaration("1.0", "utf-8", null), ToXml());

    public string ToString(SaveOptions formattingOptions = SaveOptions.None)
    {
        using var writer = new Utf8Writer();
        ToXDocument().Save(writer, formattingOptions);
        return writer.ToString();
    }

    protected virtual string GetElementBody() => "";

    protected virtual List<XAttribute> GetElementAttributes() => [];

    protected virtual XNode ToXml() => new XElement(
        _tag,
        GetElementBody(),
        GetElementAttributes(),
        _options.Select(option => new XAttribute(option.Key, option.Value)),
        _children.Select(child => child.ToXml()));

    private sealed class Utf8Writer : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
