namespace Twilio.Types;

/// <summary>A named text. Values that the library does not know stay what the wire said.</summary>
public abstract class StringEnum
{
    private string _value;

    protected StringEnum() { }

    protected StringEnum(string value) => _value = value;

    public void FromString(string value) => _value = value;

    public override string ToString() => _value;

    public override int GetHashCode() => _value is null ? 0 : StringComparer.Ordinal.GetHashCode(_value);

    public override bool Equals(object obj) => obj is StringEnum other && other.GetType() == GetType() && other._value == _value;

    public static bool operator ==(StringEnum a, StringEnum b) => ReferenceEquals(a, b) || (a is not null && a.Equals(b));

    public static bool operator !=(StringEnum a, StringEnum b) => !(a == b);
}
