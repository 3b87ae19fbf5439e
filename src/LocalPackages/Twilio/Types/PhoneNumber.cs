namespace Twilio.Types;

public interface IEndpoint
{
    string ToString();
}

public class PhoneNumber(string number) : IEndpoint
{
    public static implicit operator PhoneNumber(string number) => new(number);

    public override string ToString() => number;
}

public class PhoneNumberCapabilities(bool mms, bool sms, bool voice, bool fax)
{
    public bool Mms { get; } = mms;

    public bool Sms { get; } = sms;

    public bool Voice { get; } = voice;

    public bool Fax { get; } = fax;
}
