"""The pipeline that most write-ups of this file show: read_csv, clean, RFM by quintiles, to_sql. No rejected rows, no account, no row
security, no rollups; what it leaves out is left out, and what it does is done as usual."""

import json
import os
import platform
import resource
import sys

import pandas
import psycopg2
import sqlalchemy


def segment(row):
    if row["R"] >= 4 and row["F"] >= 4 and row["M"] >= 4:
        return "Champions"
    if row["R"] >= 3 and row["F"] >= 3:
        return "Loyal Customers"
    if row["R"] >= 4:
        return "Potential Loyalists"
    if row["F"] >= 3:
        return "At Risk"
    return "Churn Risk"


def main(path, encoding):
    lines = pandas.read_csv(path, encoding=encoding, dtype={"InvoiceNo": str, "StockCode": str})
    read = len(lines)
    lines["InvoiceDate"] = pandas.to_datetime(lines["InvoiceDate"])
    lines = lines.dropna(subset=["CustomerID"])
    lines["CustomerID"] = lines["CustomerID"].astype(int)
    lines = lines[~lines["InvoiceNo"].str.startswith("C")]
    lines = lines[(lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)].copy()
    lines["TotalPrice"] = lines["Quantity"] * lines["UnitPrice"]

    as_of = lines["InvoiceDate"].max() + pandas.Timedelta(days=1)
    rfm = (
        lines.groupby("CustomerID")
        .agg(
            Recency=("InvoiceDate", lambda dates: (as_of - dates.max()).days),
            Frequency=("InvoiceNo", "nunique"),
            Monetary=("TotalPrice", "sum"),
        )
        .reset_index()
    )
    rfm["R"] = pandas.qcut(rfm["Recency"].rank(method="first"), 5, labels=[5, 4, 3, 2, 1]).astype(int)
    rfm["F"] = pandas.qcut(rfm["Frequency"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
    rfm["M"] = pandas.qcut(rfm["Monetary"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
    rfm["Segment"] = rfm.apply(segment, axis=1)
    customers = lines.groupby("CustomerID").agg(
        Country=("Country", "last"),
        FirstPurchase=("InvoiceDate", "min"),
        LastPurchase=("InvoiceDate", "max"),
    ).reset_index()

    engine = sqlalchemy.create_engine(os.environ["BENCH_DATABASE_URL"])
    lines.to_sql("transactions", engine, if_exists="replace", index=False)
    rfm.to_sql("rfm", engine, if_exists="replace", index=False)
    customers.to_sql("customers", engine, if_exists="replace", index=False)

    versions = {
        "Python": platform.python_version(),
        "pandas": pandas.__version__,
        "SQLAlchemy": sqlalchemy.__version__,
        "psycopg2": psycopg2.__version__.split()[0],
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"rows": read, "peak_kilobytes": peak, "versions": versions}))


main(*sys.argv[1:])
