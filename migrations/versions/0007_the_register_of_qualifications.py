"""the register of qualifications

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-22 14:00:00

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "register_edition",
        sa.Column("snapshot", sa.Date(), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("qualifications", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot", name=op.f("pk_register_edition")),
    )
    op.create_table(
        "qualification",
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("awarding_body", sa.String(length=150), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("qualification_type", sa.String(length=90), nullable=False),
        sa.Column("subcategory", sa.String(length=90), nullable=False),
        sa.Column("subject_area", sa.String(length=90), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("offers", sa.JSON(), nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_changed", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_qualification")),
    )
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.add_column(sa.Column("funded_last_intake", sa.String(length=7), nullable=True))


def downgrade():
    with op.batch_alter_table("programme", schema=None) as batch_op:
        batch_op.drop_column("funded_last_intake")

    op.drop_table("qualification")
    op.drop_table("register_edition")
